import type { FeedbackCategory, FeedbackLanguage, FeedbackOutcome } from '../types.ts';

/** What the form says in one language. It names no agency: whoever holds the telephone may see it. */
export interface PageWords {
  readonly title: string;
  readonly lead: string;
  readonly about: string;
  readonly text: string;
  readonly textHint: string;
  readonly anonymous: string;
  readonly contact: string;
  readonly contactHint: string;
  readonly name: string;
  readonly phone: string;
  readonly send: string;
  readonly privacy: string;
  readonly done: string;
  readonly keep: string;
  readonly reference: string;
  readonly secret: string;
  readonly noted: string;
  readonly waiting: string;
  readonly refused: string;
  readonly correct: string;
  readonly remove: string;
  readonly lookUp: string;
  readonly lookUpLead: string;
  readonly look: string;
  readonly back: string;
  readonly reply: string;
  readonly faults: { readonly text: string; readonly missing: string; readonly often: string; readonly other: string };
  readonly states: Readonly<Record<FeedbackOutcome['state'], string>>;
  readonly categories: Readonly<Record<FeedbackCategory, string>>;
}

const en: PageWords = {
  title: 'Tell us',
  lead: 'A complaint, a question, a suggestion or thanks. It costs nothing, and nothing will be taken from you for it.',
  about: 'What is it about?',
  text: 'What happened?',
  textHint: 'Never write your code here.',
  anonymous: 'I want to stay unknown. Nothing is kept that leads to me.',
  contact: 'How can we reach you?',
  contactHint: 'You need not say.',
  name: 'Name',
  phone: 'Telephone',
  send: 'Send',
  privacy: 'Few people read this. With no network it waits on this telephone and is sent when there is one again.',
  done: 'We have it.',
  keep: 'Write down both. With them you can see our answer.',
  reference: 'Number',
  secret: 'Secret',
  noted: 'I have written them down',
  waiting: 'Kept on this telephone. It is sent as soon as there is a network.',
  refused: 'What you wrote could not be taken.',
  correct: 'Correct it',
  remove: 'Delete it from this telephone',
  lookUp: 'See our answer',
  lookUpLead: 'With the number and the secret that you were given.',
  look: 'Look',
  back: 'Tell us something else',
  reply: 'Our answer',
  faults: {
    text: 'Say in a few words what happened.',
    missing: 'There is nothing under this number and this secret. Compare both with what you were given.',
    often: 'This has been asked too often. Try again later.',
    other: 'That did not work. Try again in a moment.',
  },
  states: { received: 'We have it and will read it.', being_handled: 'Somebody is looking into it.', answered: 'There is an answer.' },
  categories: {
    question: 'A question',
    payment_not_received: 'I was not paid',
    wrong_amount: 'The amount was wrong',
    asked_to_pay: 'Somebody asked me for money or a favour',
    rude_or_unsafe: 'I was treated badly or did not feel safe',
    data_correction: 'Something about me has to be corrected',
    exclusion: 'I was left out',
    fraud_or_corruption: 'Fraud or corruption',
    sexual_exploitation: 'Sexual exploitation, abuse or harassment',
    child_protection: 'A child is in danger',
    thanks: 'Thanks',
    other: 'Something else',
  },
};

const fr: PageWords = {
  title: 'Dites-le-nous',
  lead: 'Une plainte, une question, une idée ou un merci. C’est gratuit, et cela ne vous fera rien perdre.',
  about: 'De quoi s’agit-il ?',
  text: 'Que s’est-il passé ?',
  textHint: 'N’écrivez jamais votre code ici.',
  anonymous: 'Je veux rester inconnu. Rien de ce qui mène à moi n’est gardé.',
  contact: 'Comment vous joindre ?',
  contactHint: 'Ce n’est pas obligatoire.',
  name: 'Nom',
  phone: 'Téléphone',
  send: 'Envoyer',
  privacy: 'Peu de personnes lisent ceci. Sans réseau, le message attend sur ce téléphone et part dès que le réseau revient.',
  done: 'Nous l’avons bien reçu.',
  keep: 'Notez les deux. Ils vous permettent de voir notre réponse.',
  reference: 'Numéro',
  secret: 'Secret',
  noted: 'Je les ai notés',
  waiting: 'Gardé sur ce téléphone. Le message part dès qu’il y a du réseau.',
  refused: 'Ce que vous avez écrit n’a pas pu être pris.',
  correct: 'Corriger',
  remove: 'L’effacer de ce téléphone',
  lookUp: 'Voir notre réponse',
  lookUpLead: 'Avec le numéro et le secret qui vous ont été donnés.',
  look: 'Voir',
  back: 'Nous dire autre chose',
  reply: 'Notre réponse',
  faults: {
    text: 'Dites en quelques mots ce qui s’est passé.',
    missing: 'Il n’y a rien sous ce numéro et ce secret. Comparez-les avec ce qui vous a été donné.',
    often: 'Cela a été demandé trop souvent. Réessayez plus tard.',
    other: 'Cela n’a pas marché. Réessayez dans un instant.',
  },
  states: {
    received: 'Nous l’avons reçu et allons le lire.',
    being_handled: 'Quelqu’un s’en occupe.',
    answered: 'Il y a une réponse.',
  },
  categories: {
    question: 'Une question',
    payment_not_received: 'Je n’ai pas été payé',
    wrong_amount: 'Le montant était faux',
    asked_to_pay: 'On m’a demandé de l’argent ou une faveur',
    rude_or_unsafe: 'J’ai été mal traité ou je ne me sentais pas en sécurité',
    data_correction: 'Quelque chose me concernant est à corriger',
    exclusion: 'J’ai été laissé de côté',
    fraud_or_corruption: 'Fraude ou corruption',
    sexual_exploitation: 'Exploitation, abus ou harcèlement sexuel',
    child_protection: 'Un enfant est en danger',
    thanks: 'Merci',
    other: 'Autre chose',
  },
};

const ar: PageWords = {
  title: 'أخبرونا',
  lead: 'شكوى أو سؤال أو اقتراح أو شكر. لا يكلفكم شيئا، ولن تخسروا شيئا بسببه.',
  about: 'ما هو الموضوع؟',
  text: 'ماذا حدث؟',
  textHint: 'لا تكتبوا رمزكم هنا أبدا.',
  anonymous: 'أريد أن أبقى مجهولا. لا يُحفظ أي شيء يدل عليّ.',
  contact: 'كيف نتصل بكم؟',
  contactHint: 'ليس إلزاميا.',
  name: 'الاسم',
  phone: 'الهاتف',
  send: 'إرسال',
  privacy: 'قليلون من يقرؤون هذا. إذا لم تكن هناك شبكة، تنتظر الرسالة على هذا الهاتف وتُرسل عند عودة الشبكة.',
  done: 'وصلتنا رسالتكم.',
  keep: 'اكتبوا الاثنين عندكم. بهما يمكنكم رؤية جوابنا.',
  reference: 'الرقم',
  secret: 'الكلمة السرية',
  noted: 'كتبتهما عندي',
  waiting: 'محفوظة على هذا الهاتف. تُرسل حالما تتوفر الشبكة.',
  refused: 'لم نتمكن من أخذ ما كتبتم.',
  correct: 'تصحيح',
  remove: 'حذفها من هذا الهاتف',
  lookUp: 'رؤية جوابنا',
  lookUpLead: 'بالرقم والكلمة السرية اللذين أُعطيا لكم.',
  look: 'عرض',
  back: 'إخبارنا بشيء آخر',
  reply: 'جوابنا',
  faults: {
    text: 'اكتبوا في بضع كلمات ماذا حدث.',
    missing: 'لا يوجد شيء بهذا الرقم وهذه الكلمة السرية. قارنوهما بما أُعطي لكم.',
    often: 'طُلب هذا مرات كثيرة. حاولوا لاحقا.',
    other: 'لم ينجح ذلك. حاولوا بعد لحظة.',
  },
  states: { received: 'وصلتنا وسنقرؤها.', being_handled: 'هناك من ينظر فيها.', answered: 'هناك جواب.' },
  categories: {
    question: 'سؤال',
    payment_not_received: 'لم أستلم المبلغ',
    wrong_amount: 'المبلغ غير صحيح',
    asked_to_pay: 'طُلب مني مال أو خدمة',
    rude_or_unsafe: 'عوملت بشكل سيئ أو لم أشعر بالأمان',
    data_correction: 'معلومة عني تحتاج إلى تصحيح',
    exclusion: 'لم يتم اختياري',
    fraud_or_corruption: 'غش أو فساد',
    sexual_exploitation: 'استغلال أو اعتداء أو تحرش جنسي',
    child_protection: 'طفل في خطر',
    thanks: 'شكر',
    other: 'شيء آخر',
  },
};

export const pageWords: Readonly<Record<FeedbackLanguage, PageWords>> = { ar, fr, en };

export const languageNames: Readonly<Record<FeedbackLanguage, string>> = { ar: 'العربية', fr: 'Français', en: 'English' };
