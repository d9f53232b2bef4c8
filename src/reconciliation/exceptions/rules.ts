import type { ExceptionKind } from '../types.ts';
import type { ClaimEnding, DecisionKind, PostedResolution } from './types.ts';

const ofPayout: readonly PostedResolution[] = ['claim_on_post', 'cash_recovered'];
const ofLine: readonly PostedResolution[] = ['write_off'];
const ofAccount: readonly PostedResolution[] = ['write_off', 'not_ours'];

/**
 * What may be posted to resolve an exception of each kind: of what our books gave the post too much for, a claim; of what the post or the bank
 * took beyond our books, a loss; of a line of the bank, that a settlement came back, or that the money is not ours. The database says the same in `takes_decision`.
 */
export const postable: Readonly<Record<ExceptionKind, readonly PostedResolution[]>> = {
  paid_not_in_list: ofLine,
  amount_over: ofLine,
  amount_under: ofPayout,
  duplicate_in_file: ofAccount,
  duplicate_across_files: ofAccount,
  paid_after_expiry: ofLine,
  paid_after_cancel: ofLine,
  wrong_collector: ofPayout,
  wrong_currency: ofPayout,
  wrong_office: [],
  reversed: [...ofPayout, 'returned_by_bank', 'not_ours'],
  reversal_without_payment: ['not_ours'],
  date_out_of_range: [],
  ours_not_in_statement: ofPayout,
  bank_not_in_statement: ofAccount,
  needs_another_person: [],
  not_received: ofPayout,
  asked_to_pay: ofPayout,
};

/** What becomes of a claim that ends. */
export const endedClaim: Readonly<Record<ClaimEnding, 'recovered' | 'repaid' | 'withdrawn'>> = {
  claim_recovered: 'recovered',
  claim_repaid: 'repaid',
  claim_withdrawn: 'withdrawn',
};

export const endsClaim = (kind: DecisionKind): kind is ClaimEnding => kind in endedClaim;

/** Within how many days an exception is due where a programme has not said otherwise: the sooner, the nearer it is to somebody without cash. */
export const dueDays: Readonly<Record<ExceptionKind, number>> = {
  asked_to_pay: 3,
  needs_another_person: 3,
  not_received: 5,
  wrong_collector: 7,
  amount_under: 7,
  reversed: 7,
  ours_not_in_statement: 7,
  paid_not_in_list: 14,
  amount_over: 14,
  duplicate_in_file: 14,
  duplicate_across_files: 14,
  paid_after_expiry: 14,
  paid_after_cancel: 14,
  wrong_currency: 14,
  wrong_office: 14,
  reversal_without_payment: 14,
  date_out_of_range: 14,
  bank_not_in_statement: 14,
};

/** Ages in days, each band up to and with its second number. */
export const ageBands = [
  { band: '0-3', from: 0, to: 3 },
  { band: '4-7', from: 4, to: 7 },
  { band: '8-14', from: 8, to: 14 },
  { band: '15-30', from: 15, to: 30 },
  { band: '31+', from: 31, to: null },
] as const;
