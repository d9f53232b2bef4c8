import type { Text } from '../platform/index.ts';
import type { AccountKind, EntryEvent, LedgerEvent } from './types.ts';
import { say } from './words.ts';

/** Which account each event debits and which it credits. There are no other postings. */
export const postingRules: Readonly<Record<LedgerEvent, readonly [debit: AccountKind, credit: AccountKind]>> = {
  contribution: ['bank', 'fund_available'],
  approval: ['fund_available', 'fund_committed'],
  approval_returned: ['fund_committed', 'fund_available'],
  issue: ['fund_committed', 'vouchers_outstanding'],
  payout: ['vouchers_outstanding', 'payable_to_post'],
  void: ['payable_to_post', 'vouchers_outstanding'],
  expiry: ['vouchers_outstanding', 'fund_available'],
  cancellation: ['vouchers_outstanding', 'fund_available'],
  settlement: ['payable_to_post', 'bank'],
  fee: ['fund_available', 'payable_to_post'],
  advance: ['advances', 'bank'],
  delivery: ['vouchers_outstanding', 'advances'],
  delivery_void: ['advances', 'vouchers_outstanding'],
  advance_return: ['bank', 'advances'],
  // What an officer was robbed of, and a fund bears. What is found of it later is a cash recovery.
  advance_loss: ['fund_available', 'advances'],
  // Money in another currency lies in the bank in that currency and against `exchange`, which holds what it is worth in the fund's own.
  foreign_contribution: ['bank', 'exchange'],
  contribution_value: ['exchange', 'fund_available'],
  conversion_out: ['exchange', 'bank'],
  conversion_in: ['bank', 'exchange'],
  exchange_loss: ['fund_available', 'exchange'],
  exchange_gain: ['exchange', 'fund_available'],
  // What the post is owed less until it is decided whether the cash reached anybody; then it is owed again, or the fund's again.
  claim: ['payable_to_post', 'claims'],
  claim_released: ['claims', 'payable_to_post'],
  recovery: ['claims', 'fund_available'],
  cash_recovery: ['bank', 'fund_available'],
  // What the post or the bank took beyond our books, and a fund bears.
  loss: ['fund_available', 'payable_to_post'],
  bank_loss: ['fund_available', 'bank'],
  // The bank could not deliver it, and the post is owed it again.
  settlement_returned: ['bank', 'payable_to_post'],
};

/** What is taken back by hand, by an entry that mirrors it. The database says the same in `is_reversible`, with what a resolution posted beside. */
export const reversibleEvents = [
  'contribution',
  'fee',
  'foreign_contribution',
  'contribution_value',
  'conversion_out',
  'conversion_in',
  'exchange_loss',
  'exchange_gain',
] as const satisfies readonly LedgerEvent[];

export type ReversibleEvent = (typeof reversibleEvents)[number];

/** Whether an entry of this event may be reversed by hand. */
export const isReversible = (event: EntryEvent): event is ReversibleEvent => (reversibleEvents as readonly string[]).includes(event);

const reopen = say('undo_resolution');

/** What to do instead about an entry that is not reversed by hand. */
export const undoneBy: Readonly<Record<Exclude<EntryEvent, ReversibleEvent>, Text>> = {
  approval: say('undo_approval'),
  approval_returned: say('undo_approval_returned'),
  issue: say('undo_issue'),
  payout: say('undo_payout'),
  void: say('undo_void'),
  expiry: say('undo_expiry'),
  cancellation: say('undo_expiry'),
  advance: say('undo_advance'),
  settlement: say('undo_settlement'),
  delivery: say('undo_delivery'),
  delivery_void: say('undo_delivery_void'),
  advance_return: say('undo_advance_return'),
  advance_loss: say('undo_advance_loss'),
  reversal: say('undo_reversal'),
  claim: say('undo_claim'),
  claim_released: reopen,
  recovery: reopen,
  cash_recovery: say('undo_cash_recovery'),
  loss: reopen,
  bank_loss: reopen,
  settlement_returned: reopen,
};
