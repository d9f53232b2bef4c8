import type { Money } from '../platform/index.ts';

/** What an account holds. Debits are above zero; what a fund holds for people is a credit. */
export type AccountKind = 'bank' | 'fund_available' | 'fund_committed' | 'vouchers_outstanding' | 'payable_to_post' | 'advances';

/** What happened, as the ledger calls it. */
export type LedgerEvent =
  | 'contribution'
  | 'approval'
  | 'approval_returned'
  | 'issue'
  | 'payout'
  | 'void'
  | 'expiry'
  | 'cancellation'
  | 'settlement'
  | 'fee'
  | 'advance'
  | 'delivery'
  | 'advance_return';

/** One movement of money within a fund. Which accounts it moves between follows from the event. */
export interface Transfer {
  readonly event: LedgerEvent;
  readonly programmeId: string;
  readonly fundId: string;
  /** What it happened to; the same event cannot happen to it twice. */
  readonly subject: { readonly type: string; readonly id: string };
  /** Above zero. */
  readonly amount: Money;
  /** The office concerned, where the post is owed. */
  readonly officeId?: string;
  /** The officer concerned, where an advance is. */
  readonly officerId?: string;
}
