import type { AccountKind, LedgerEvent } from './types.ts';

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
  advance_return: ['bank', 'advances'],
};

/** On which side each account stands when it holds something. */
export const sideOf: Readonly<Record<AccountKind, 'debit' | 'credit'>> = {
  bank: 'debit',
  fund_available: 'credit',
  fund_committed: 'credit',
  vouchers_outstanding: 'credit',
  payable_to_post: 'credit',
  advances: 'debit',
};
