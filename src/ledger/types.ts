import type { Money } from '../platform/index.ts';

/** What an account holds. Debits are above zero; what a fund holds for people is a credit. */
export type AccountKind =
  | 'bank'
  | 'fund_available'
  | 'fund_committed'
  | 'vouchers_outstanding'
  | 'payable_to_post'
  | 'advances'
  | 'exchange'
  | 'claims';

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
  | 'delivery_void'
  | 'advance_return'
  | 'advance_loss'
  | 'foreign_contribution'
  | 'contribution_value'
  | 'conversion_out'
  | 'conversion_in'
  | 'exchange_loss'
  | 'exchange_gain'
  | 'claim'
  | 'claim_released'
  | 'recovery'
  | 'cash_recovery'
  | 'loss'
  | 'bank_loss'
  | 'settlement_returned';

/** What the ledger calls an entry: what happened, or that an earlier entry is taken back. */
export type EntryEvent = LedgerEvent | 'reversal';

/** One movement of money within a fund. Which accounts it moves between follows from the event. */
export interface Transfer {
  readonly event: LedgerEvent;
  readonly programmeId: string;
  readonly fundId: string;
  /** What it happened to; the same event cannot happen to it twice in one fund. */
  readonly subject: { readonly type: string; readonly id: string };
  /** Where it happens to its subject in parts, as a list is released in batches: which of them. Zero when left out. */
  readonly part?: number;
  /** Above zero. */
  readonly amount: Money;
  /** The office concerned, where the post is owed or something is claimed from it. */
  readonly officeId?: string;
  /** The officer concerned, where an advance is. */
  readonly officerId?: string;
}

type Amount = ReturnType<Money['toJSON']>;

/** One side of an entry. */
export interface EntryLeg {
  readonly leg: number;
  readonly accountId: string;
  readonly code: string;
  readonly kind: AccountKind;
  readonly officeId: string | null;
  readonly officerId: string | null;
  readonly side: 'debit' | 'credit';
  readonly amount: Amount;
}

/** An entry of the journal, with what caused it. */
export interface JournalEntry {
  readonly id: string;
  readonly at: string;
  readonly event: EntryEvent;
  readonly programmeId: string;
  readonly fundId: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly part: number;
  /** The entry that this one takes back. */
  readonly reverses: string | null;
  /** The entry that takes this one back. */
  readonly reversedBy: string | null;
  readonly reason: string | null;
  readonly legs: EntryLeg[];
  /** What the trail says of the transaction that wrote it. */
  readonly causedBy: { readonly eventId: string; readonly command: string; readonly actorId: string; readonly at: string }[];
}
