import { defineTexts, type Said } from '../platform/index.ts';
import type { FeedbackState } from './types.ts';

const english = {
  programme_unknown: 'No programme has this code. Look at the address again.',
  answer_not_found: 'There is nothing under this reference and this secret. Compare both with what you were given.',
  nothing_but_code: 'There is nothing here but a code, which is not kept. Say what it is about.',
  sensitive_everywhere: 'What few may see in every programme few may see in this one. Send true.',
  line_unknown: 'There is no such gateway or programme.',
  link_missing: 'Give the number of the person, or the serial of the voucher.',
  link_anonymous: 'An anonymous case is linked with nothing and nobody.',
  answer_first: 'Answer it first.',
  tell_in_private:
    'What few may see is not sent to a telephone. Tell the person in private: in person, or by a call to whom you know at the other end.',
  tell_otherwise: 'Nobody left a telephone. Tell the person another way.',
  answer_gone: 'There is no answer any more.',
  case_over: 'The time for which it is kept is over, or the person was erased.',
  handler_unfit: 'Name a colleague who handles such cases, and whom this one is not about.',
  case_closed: 'It is closed. Reopen it first.',
  accused_oneself: 'A case about yourself is handled by somebody else. Ask a colleague to name you.',
  accused_unknown: 'Nobody has this identifier.',
  case_in_state: 'It is {state}; for this it has to be {states}.',
  responsible_unfit: 'Name somebody who handles such cases in this programme.',
  resolved_before_acknowledged: 'No less than acknowledgeHours.',
  link_unknown: 'This programme has none of this number.',
  answer_tells: 'The answer says more than a phone should show. Tell the person another way.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  programme_unknown: 'Aucun programme n’a ce code. Vérifiez l’adresse.',
  answer_not_found: 'Il n’y a rien sous cette référence et ce secret. Comparez les deux avec ce que vous avez reçu.',
  nothing_but_code: 'Il n’y a ici qu’un code, qui n’est pas conservé. Dites de quoi il s’agit.',
  sensitive_everywhere: 'Ce que peu de gens peuvent voir dans tous les programmes, peu peuvent le voir dans celui-ci. Envoyez true.',
  line_unknown: 'Il n’y a pas de passerelle ou de programme ainsi nommé.',
  link_missing: 'Donnez le numéro de la personne, ou la référence du bon.',
  link_anonymous: 'Un dossier anonyme n’est lié à rien ni à personne.',
  answer_first: 'Répondez-y d’abord.',
  tell_in_private:
    'Ce que peu de gens peuvent voir ne s’envoie pas à un téléphone. Dites-le à la personne en privé : en face, ou par un appel à quelqu’un que vous connaissez.',
  tell_otherwise: 'Personne n’a laissé de téléphone. Prévenez la personne autrement.',
  answer_gone: 'Il n’y a plus de réponse.',
  case_over: 'Le temps de sa conservation est passé, ou la personne a été effacée.',
  handler_unfit: 'Nommez un collègue qui traite de tels dossiers, et que celui-ci ne concerne pas.',
  case_closed: 'Il est clos. Rouvrez-le d’abord.',
  accused_oneself: 'Un dossier qui vous concerne est traité par quelqu’un d’autre. Demandez à un collègue de vous nommer.',
  accused_unknown: 'Personne n’a cet identifiant.',
  case_in_state: 'Le dossier est à l’étape : {state}. Pour cela, il faut : {states}.',
  responsible_unfit: 'Nommez quelqu’un qui traite de tels dossiers dans ce programme.',
  resolved_before_acknowledged: 'Pas moins que acknowledgeHours.',
  link_unknown: 'Ce programme n’a rien sous ce numéro.',
  answer_tells: 'La réponse en dit plus qu’un téléphone ne devrait montrer. Prévenez la personne autrement.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  programme_unknown: 'لا يوجد برنامج بهذا الرمز. تحقق من العنوان.',
  answer_not_found: 'لا يوجد شيء بهذا المرجع وهذا السر. قارن الاثنين بما أُعطي لك.',
  nothing_but_code: 'لا يوجد هنا إلا رمز، وهو لا يُحفظ. قل ما الأمر.',
  sensitive_everywhere: 'ما لا يراه إلا القليل في كل البرامج لا يراه إلا القليل في هذا البرنامج. أرسل true.',
  line_unknown: 'لا توجد بوابة رسائل أو برنامج كهذا.',
  link_missing: 'أعط رقم تسجيل الشخص أو رقم القسيمة.',
  link_anonymous: 'الشكوى المجهولة لا تُربط بشيء ولا بأحد.',
  answer_first: 'أجب عنها أولًا.',
  tell_in_private: 'ما لا يراه إلا القليل لا يُرسل إلى هاتف. أخبر الشخص على انفراد: وجهًا لوجه، أو بمكالمة مع من تعرفه.',
  tell_otherwise: 'لم يترك أحد رقم هاتف. أخبر الشخص بطريقة أخرى.',
  answer_gone: 'لم يعد هناك جواب.',
  case_over: 'انقضت مدة حفظها، أو مُحي الشخص.',
  handler_unfit: 'اذكر زميلًا يعالج مثل هذه الشكاوى وليس معنيًا بهذه.',
  case_closed: 'هي مغلقة. أعد فتحها أولًا.',
  accused_oneself: 'الشكوى التي تعنيك يعالجها غيرك. اطلب من زميل أن يذكرك.',
  accused_unknown: 'لا أحد له هذا المعرّف.',
  case_in_state: 'الشكوى في مرحلة: {state}. يلزم لهذا: {states}.',
  responsible_unfit: 'اذكر من يعالج مثل هذه الشكاوى في هذا البرنامج.',
  resolved_before_acknowledged: 'ليس أقل من acknowledgeHours.',
  link_unknown: 'ليس في هذا البرنامج شيء بهذا الرقم.',
  answer_tells: 'يقول الجواب أكثر مما ينبغي أن يظهر على هاتف. أخبر الشخص بطريقة أخرى.',
};

/** What is said of complaints and questions. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });

const states: Readonly<Record<FeedbackState, Said>> = {
  received: { en: 'received', fr: 'reçu', ar: 'وصلت' },
  acknowledged: { en: 'acknowledged', fr: 'réception confirmée', ar: 'أُكّد استلامها' },
  in_progress: { en: 'in progress', fr: 'en cours', ar: 'قيد المعالجة' },
  answered: { en: 'answered', fr: 'réponse donnée', ar: 'أُجيب عنها' },
  closed: { en: 'closed', fr: 'clos', ar: 'مغلقة' },
  reopened: { en: 'reopened', fr: 'rouvert', ar: 'أُعيد فتحها' },
};

/** One of these states of a case, in each language. */
export function anyOf(some: readonly FeedbackState[]): Said {
  const said = some.map((state) => states[state]);
  return {
    en: said.map(({ en }) => en).join(' or '),
    fr: said.map(({ fr }) => fr).join(' ou '),
    ar: said.map(({ ar }) => ar).join(' أو '),
  };
}
