import { defineProblems, type Problem } from '../platform/index.ts';

export const refusal = defineProblems({
  office_closed: [409, 'This office is closed'],
  office_without_cash: [409, 'This office has no cash'],
  agent_locked: [429, 'Too many wrong codes from one agent'],
  code_mistyped: [422, 'The code has a typing mistake'],
  code_refused: [422, 'The code does not fit'],
  voucher_not_active: [409, 'The voucher is not active yet'],
  voucher_locked: [409, 'The voucher is locked'],
  voucher_expired: [409, 'The voucher has expired'],
  voucher_cancelled: [409, 'The voucher was cancelled'],
  wrong_office: [409, 'The voucher is paid at another office'],
  paid_as_other_record: [409, 'The same person is paid under another record'],
  consent_withdrawn: [409, 'Consent to this payment was withdrawn'],
  already_paid: [409, 'The voucher has been paid already'],
});

const late = defineProblems({
  already_voided: [409, 'The pay-out is voided already'],
  void_too_late: [409, 'A pay-out is voided on the day it was made'],
  payout_matched: [409, 'The statement of the post has this pay-out'],
  payout_settled: [409, 'The post was settled with for this pay-out'],
});

/** Why a pay-out is not voided, most of them by the constraint that refuses it. */
export const voidRefusals: Readonly<Record<string, () => Problem>> & { readonly already_voided: () => Problem } = {
  already_voided: () => late.already_voided('Nothing is left to take back. The voucher was open again from then on.'),
  payouts_void_same_day: () => late.void_too_late('The day is over. Tell finance, who can claim the cash or write it off.'),
  payouts_void_unmatched: () => late.payout_matched('The post says that it was paid. Tell finance, who can open an exception.'),
  payouts_void_unsettled: () => late.payout_settled('The post has had its money for it. Tell finance, who can claim it back.'),
};

/** Why an invoice of the post is not taken. */
export const feeRefusal = defineProblems({
  fee_beyond_share: [409, 'The fund gives no more to fees'],
  fee_beyond_fund: [409, 'The fund does not hold enough for this fee'],
});
