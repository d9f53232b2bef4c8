import { defineTexts, type Said } from '../platform/index.ts';
import type { Advance } from './types.ts';

const english = {
  advance_in_state: 'The advance is {state}. Only one whose cash is out takes cash back.',
  advance_decided: 'It is {state}. Read it again.',
  advance_not_at_zero: '{amount} {currency} are still out. Have them delivered or brought back.',
  advance_unwitnessed: 'Have the witnesses of its deliveries answer, or a colleague accept what they do not confirm.',
  loss_unreported: 'A colleague reports it first, with a reason and where the evidence lies.',
  nothing_lost: 'All of it was delivered or came back. Close the advance.',
  loss_beyond_fund: 'Bring money into the fund first, or cancel a list that has claimed what there is.',
  witness_answered: 'You have answered already.',
  delivery_answered: 'Somebody was first.',
  delivery_not_waiting: 'Nothing of it waits to be accepted.',
  delivery_voided: 'It was voided, and needs no word any more.',
  round_unfit: 'The round cannot be made like this.',
  serial_not_carried:
    'No voucher of this fund that can still be paid, is on no other round and not out with an office without a network has this serial.',
  only_on_round_taken_off: 'Look at the round sheet. Only what is on it is taken off it.',
  return_unfit: 'This cannot come back.',
  return_in_other_currency: 'The advance is in {currency}.',
  return_too_much: '{amount} {currency} were missing.',
  return_recorded: 'This reference was recorded already.',
  officer_locked: 'Call your office, or wait an hour.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  advance_in_state: 'L’avance est {state}. Seule une avance dont l’argent est sorti reprend de l’argent.',
  advance_decided: 'Elle est {state}. Lisez-la de nouveau.',
  advance_not_at_zero: '{amount} {currency} ne sont pas encore revenus. Faites-les remettre ou rapporter.',
  advance_unwitnessed: 'Faites répondre les témoins de ses remises, ou faites accepter par un collègue ce qu’ils ne confirment pas.',
  loss_unreported: 'Un collègue la signale d’abord, avec un motif et le lieu où se trouvent les preuves.',
  nothing_lost: 'Tout a été remis ou rapporté. Clôturez l’avance.',
  loss_beyond_fund: 'Apportez d’abord de l’argent au fonds, ou annulez une liste qui a engagé ce qu’il y a.',
  witness_answered: 'Vous avez déjà répondu.',
  delivery_answered: 'Quelqu’un a été plus rapide.',
  delivery_not_waiting: 'Rien de cette remise n’attend d’être accepté.',
  delivery_voided: 'Elle a été annulée, et il n’y a plus rien à en dire.',
  round_unfit: 'La tournée ne peut pas être faite ainsi.',
  serial_not_carried:
    'Aucun bon de ce fonds qui puisse encore être payé, qui ne soit dans aucune autre tournée ni dans un bureau sans réseau n’a cette référence.',
  only_on_round_taken_off: 'Regardez la feuille de tournée. On n’en retire que ce qui y est.',
  return_unfit: 'Cela ne peut pas être rapporté.',
  return_in_other_currency: 'La monnaie de l’avance est {currency}.',
  return_too_much: 'Il manquait {amount} {currency}.',
  return_recorded: 'Cette référence a déjà été enregistrée.',
  officer_locked: 'Appelez votre bureau, ou attendez une heure.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  advance_in_state: 'السلفة {state}. لا تُعاد نقود إلا إلى سلفة خرجت نقودها.',
  advance_decided: 'هي {state}. اقرأها من جديد.',
  advance_not_at_zero: 'لم تُسلَّم ولم تُعَد بعد {amount} {currency}. اطلب تسليمها أو إعادتها.',
  advance_unwitnessed: 'اطلب من شهود عمليات التسليم أن يجيبوا، أو من زميل أن يقبل ما لا يؤكدونه.',
  loss_unreported: 'يبلّغ عنه زميل أولًا، مع السبب ومكان الأدلة.',
  nothing_lost: 'سُلّم كل المبلغ أو أُعيد. أغلق السلفة.',
  loss_beyond_fund: 'أدخل مالًا إلى الصندوق أولًا، أو ألغ قائمة حجزت ما فيه.',
  witness_answered: 'أجبت من قبل.',
  delivery_answered: 'سبقك شخص آخر.',
  delivery_not_waiting: 'لا شيء من هذا التسليم ينتظر القبول.',
  delivery_voided: 'أُلغي هذا التسليم، ولم يعد يحتاج إلى كلمة.',
  round_unfit: 'لا يمكن إعداد الجولة هكذا.',
  serial_not_carried: 'لا قسيمة بهذا المرجع من هذا الصندوق يمكن دفعها بعد، وليست في جولة أخرى ولا عند مكتب بلا شبكة.',
  only_on_round_taken_off: 'انظر ورقة الجولة. لا يُرفع منها إلا ما فيها.',
  return_unfit: 'لا يمكن أن يُعاد هذا.',
  return_in_other_currency: 'عملة السلفة هي {currency}.',
  return_too_much: 'كان الناقص {amount} {currency}.',
  return_recorded: 'سُجّل هذا المرجع من قبل.',
  officer_locked: 'اتصل بمكتبك، أو انتظر ساعة.',
};

/** What is said of advances and rounds. What is said at a door is said as at a counter, in the room of cash-outs. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });

/** The states of an advance, in each language. */
export const stateSaid: Readonly<Record<Advance['state'], Said>> = {
  asked: { en: 'asked for', fr: 'demandée', ar: 'مطلوبة' },
  handed: { en: 'handed over', fr: 'sortie', ar: 'خرجت نقودها' },
  closed: { en: 'closed', fr: 'close', ar: 'مغلقة' },
  lost: { en: 'lost', fr: 'perdue', ar: 'ضائعة' },
  refused: { en: 'refused', fr: 'refusée', ar: 'مرفوضة' },
  withdrawn: { en: 'withdrawn', fr: 'retirée', ar: 'مسحوبة' },
};
