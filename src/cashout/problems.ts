import { brokenConstraint, defineProblems, type Problem, problem } from '../platform/index.ts';
import { speak } from './speaking.ts';
import type { TextCode } from './words/en.ts';

export const refusal = defineProblems({
  office_closed: [409, 'This office is closed'],
  office_outside_hours: [409, 'This office is closed at this hour'],
  office_without_cash: [409, 'This office has no cash'],
  agent_locked: [429, 'Too many wrong codes from one agent'],
  code_mistyped: [422, 'The code has a typing mistake'],
  code_refused: [422, 'The code does not fit'],
  voucher_not_active: [409, 'The voucher is not active yet'],
  voucher_locked: [409, 'The voucher is locked'],
  voucher_expired: [409, 'The voucher has expired'],
  voucher_cancelled: [409, 'The voucher was cancelled'],
  wrong_office: [409, 'The voucher is paid at another office'],
  being_brought: [409, 'The cash is being brought to the person'],
  paid_as_other_record: [409, 'The same person is paid under another record'],
  consent_withdrawn: [409, 'Consent to this payment was withdrawn'],
  already_paid: [409, 'The voucher has been paid already'],
  look_up_over: [409, 'The look-up is over'],
  not_a_collector: [409, 'This person may not collect'],
  limit_reached: [409, 'The office has paid what it may pay today'],
  payout_over_limit: [409, 'The office does not pay as much at once'],
  till_required: [409, 'This office pays out of an open till'],
  till_short: [409, 'The till does not hold as much'],
  safe_short: [409, 'The safe does not hold as much'],
});

/** A refusal that is said in the words of its own code. */
export const refused = (code: keyof typeof refusal & TextCode): Problem => speak(refusal[code], code);

const late = defineProblems({
  already_voided: [409, 'The pay-out is voided already'],
  void_too_late: [409, 'A pay-out is voided on the day it was made'],
  advance_ended: [409, 'The advance has ended'],
  payout_matched: [409, 'The statement of the post has this pay-out'],
  payout_claimed: [409, 'Something is claimed of this pay-out'],
  payout_settled: [409, 'The post was settled with for this pay-out'],
});

const till = defineProblems({
  till_open_already: [409, 'A till stands open already'],
  till_closed: [409, 'The till is closed'],
  till_not_closed: [409, 'The till is not closed yet'],
  till_signed: [409, 'The till is signed for'],
  till_unexplained: [422, 'The difference is not explained'],
  till_reference_used: [409, 'This reference was used before'],
  safe_not_so: [409, 'The safe holds another amount'],
  safe_reference_used: [409, 'This reference was written down before'],
});

/** Why a till is not opened, filled, closed or signed for, and cash not written down. */
export const tillRefused = (code: keyof typeof till): Problem => speak(till[code], code);

/** Something that was entered at a counter and cannot be. @param pointer where it stands */
export const wronglyEntered = (pointer: string, text: TextCode): Problem =>
  speak(problem.unprocessable, 'places_wrong', {}, {}, [{ pointer, text }]);

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
  payouts_void_of_open_advance: () => speak(late.advance_ended, 'advance_ended'),
  payouts_void_same_day: () => speak(late.void_too_late, 'void_too_late'),
  payouts_void_unmatched: () => speak(late.payout_matched, 'payout_matched'),
  payouts_void_unsettled: () => speak(late.payout_settled, 'payout_settled'),
  payouts_void_unclaimed: () => speak(late.payout_claimed, 'payout_claimed'),
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
export const alreadyVoided = (): Problem => speak(late.already_voided, 'already_voided');

/** Why an invoice of the post is not taken. */
export const feeRefusal = defineProblems({
  fee_beyond_share: [409, 'The fund gives no more to fees'],
  fee_beyond_fund: [409, 'The fund does not hold enough for this fee'],
});
