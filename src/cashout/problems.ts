import { brokenConstraint, defineProblems, type PlainCode, type Problem, placesWrong } from '../platform/index.ts';
import type { english } from './words/en.ts';
import { say } from './words/index.ts';

type TextCode = PlainCode<typeof english>;

export const refusal = defineProblems({
  office_closed: [409, 'This office is closed', 'Ce bureau est fermé', 'هذا المكتب مغلق'],
  office_outside_hours: [409, 'This office is closed at this hour', 'Ce bureau est fermé à cette heure', 'هذا المكتب مغلق في هذه الساعة'],
  office_without_cash: [409, 'This office has no cash', 'Ce bureau n’a plus d’argent', 'لا نقود في هذا المكتب'],
  agent_locked: [429, 'Too many wrong codes from one agent', 'Trop de codes faux d’un même agent', 'رموز خاطئة كثيرة من موظف واحد'],
  code_mistyped: [422, 'The code has a typing mistake', 'Le code contient une faute de frappe', 'في الرمز خطأ كتابة'],
  code_refused: [422, 'The code does not fit', 'Le code ne correspond pas', 'الرمز غير مطابق'],
  voucher_not_active: [409, 'The voucher is not active yet', 'Le bon n’est pas encore actif', 'القسيمة غير مفعّلة بعد'],
  voucher_locked: [409, 'The voucher is locked', 'Le bon est bloqué', 'القسيمة مقفلة'],
  voucher_expired: [409, 'The voucher has expired', 'Le bon a expiré', 'انتهت صلاحية القسيمة'],
  voucher_cancelled: [409, 'The voucher was cancelled', 'Le bon a été annulé', 'أُلغيت القسيمة'],
  wrong_office: [409, 'The voucher is paid at another office', 'Le bon est payé dans un autre bureau', 'تُدفع القسيمة في مكتب آخر'],
  being_brought: [409, 'The cash is being brought to the person', 'L’argent est en route vers la personne', 'النقود في طريقها إلى الشخص'],
  paid_as_other_record: [
    409,
    'The same person is paid under another record',
    'La même personne est payée sous un autre dossier',
    'يُدفع للشخص نفسه بسجل آخر',
  ],
  consent_withdrawn: [
    409,
    'Consent to this payment was withdrawn',
    'Le consentement à ce paiement a été retiré',
    'سُحبت الموافقة على هذا الدفع',
  ],
  already_paid: [409, 'The voucher has been paid already', 'Le bon a déjà été payé', 'دُفعت القسيمة من قبل'],
  look_up_over: [409, 'The look-up is over', 'La recherche est terminée', 'انتهى البحث'],
  not_a_collector: [409, 'This person may not collect', 'Cette personne ne peut pas retirer', 'لا يجوز لهذا الشخص الاستلام'],
  limit_reached: [
    409,
    'The office has paid what it may pay today',
    'Le bureau a payé ce qu’il peut payer aujourd’hui',
    'دفع المكتب ما يجوز له دفعه اليوم',
  ],
  payout_over_limit: [
    409,
    'The office does not pay as much at once',
    'Le bureau ne paie pas autant à la fois',
    'لا يدفع المكتب هذا القدر دفعة واحدة',
  ],
  till_required: [
    409,
    'This office pays out of an open till',
    'Ce bureau paie depuis une caisse ouverte',
    'يدفع هذا المكتب من صندوق نقد مفتوح',
  ],
  till_short: [409, 'The till does not hold as much', 'La caisse ne contient pas autant', 'ليس في صندوق النقد هذا القدر'],
  safe_short: [409, 'The safe does not hold as much', 'Le coffre ne contient pas autant', 'ليس في الخزنة هذا القدر'],
});

/** A refusal that is said in the words of its own code. */
export const refused = (code: keyof typeof refusal & TextCode): Problem => refusal[code](say(code));

const late = defineProblems({
  already_voided: [409, 'The pay-out is voided already', 'Le paiement est déjà annulé', 'أُلغي الدفع من قبل'],
  void_too_late: [409, 'A pay-out is voided on the day it was made', 'Un paiement s’annule le jour où il a été fait', 'يُلغى الدفع في يومه'],
  advance_ended: [409, 'The advance has ended', 'L’avance est terminée', 'انتهت السلفة'],
  payout_matched: [
    409,
    'The statement of the post has this pay-out',
    'Le relevé de la poste contient ce paiement',
    'كشف البريد فيه هذا الدفع',
  ],
  payout_claimed: [409, 'Something is claimed of this pay-out', 'Quelque chose est réclamé de ce paiement', 'توجد مطالبة بشأن هذا الدفع'],
  payout_settled: [
    409,
    'The post was settled with for this pay-out',
    'La poste a été remboursée de ce paiement',
    'سُوّي هذا الدفع مع البريد',
  ],
});

const till = defineProblems({
  till_open_already: [409, 'A till stands open already', 'Une caisse est déjà ouverte', 'يوجد صندوق نقد مفتوح'],
  till_closed: [409, 'The till is closed', 'La caisse est fermée', 'صندوق النقد مغلق'],
  till_not_closed: [409, 'The till is not closed yet', 'La caisse n’est pas encore fermée', 'لم يُغلق صندوق النقد بعد'],
  till_signed: [409, 'The till is signed for', 'La caisse est déjà signée', 'وُقّع على صندوق النقد من قبل'],
  till_unexplained: [422, 'The difference is not explained', 'L’écart n’est pas expliqué', 'الفرق غير مفسَّر'],
  till_reference_used: [409, 'This reference was used before', 'Cette référence a déjà servi', 'استُعمل هذا المرجع من قبل'],
  safe_not_so: [409, 'The safe holds another amount', 'Le coffre contient un autre montant', 'في الخزنة مبلغ آخر'],
  safe_reference_used: [409, 'This reference was written down before', 'Cette référence a déjà été notée', 'دُوّن هذا المرجع من قبل'],
});

/** Why a till is not opened, filled, closed or signed for, and cash not written down. */
export const tillRefused = (code: keyof typeof till): Problem => till[code](say(code));

/** Something that was entered at a counter and cannot be. @param pointer where it stands */
export const wronglyEntered = (pointer: string, text: TextCode): Problem => placesWrong([{ pointer, detail: say(text) }]);

/** What each constraint of the counter says about what somebody asked for. */
const byConstraint: Readonly<Record<string, () => Problem>> = {
  payouts_to_collector: () => refused('not_a_collector'),
  payouts_within_limit: () => refused('payout_over_limit'),
  payouts_within_daily_limit: () => refused('limit_reached'),
  payouts_out_of_till: () => refused('till_required'),
  tills_never_below_zero: () => refused('till_short'),
  office_safes_never_below_zero: () => refused('safe_short'),
  safe_movements_of_safe: () => tillRefused('safe_not_so'),
  safe_movements_reference_once: () => tillRefused('safe_reference_used'),
  payouts_void_of_open_advance: () => late.advance_ended(say('advance_ended')),
  payouts_void_same_day: () => late.void_too_late(say('void_too_late')),
  payouts_void_unmatched: () => late.payout_matched(say('payout_matched')),
  payouts_void_unsettled: () => late.payout_settled(say('payout_settled')),
  payouts_void_unclaimed: () => late.payout_claimed(say('payout_claimed')),
  tills_one_open: () => tillRefused('till_open_already'),
  till_top_ups_of_open_till: () => tillRefused('till_closed'),
  till_top_ups_reference_once: () => tillRefused('till_reference_used'),
  tills_difference_explained: () => tillRefused('till_unexplained'),
};

/** Does something that the database may refuse by one of the rules of the counter, and says then which. */
export const heldToRules = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work;
  } catch (error) {
    throw byConstraint[brokenConstraint(error) ?? '']?.() ?? error;
  }
};

/** Nothing is left to take back. */
export const alreadyVoided = (): Problem => late.already_voided(say('already_voided'));

/** Why an invoice of the post is not taken. */
export const feeRefusal = defineProblems({
  fee_beyond_share: [
    409,
    'The fund gives no more to fees',
    'Le fonds ne donne pas plus pour les frais',
    'لا يعطي الصندوق أكثر من هذا للرسوم',
  ],
  fee_beyond_fund: [
    409,
    'The fund does not hold enough for this fee',
    'Le fonds ne contient pas assez pour ces frais',
    'ليس في الصندوق ما يكفي لهذه الرسوم',
  ],
});
