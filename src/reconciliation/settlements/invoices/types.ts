import type { Money } from '../../../platform/index.ts';
import type { Stated } from '../../types.ts';

/** What a line of an invoice asks for, as decimal text. */
export interface WrittenLine {
  readonly officeCode: string;
  /** Null where it asks for all days of the invoice together. */
  readonly day: string | null;
  readonly payoutCount: number;
  readonly principal: string;
  readonly fee: string;
}

/** An invoice of the post as somebody enters it. */
export interface NewInvoice {
  readonly number: string;
  readonly issuedOn: string;
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  /** What it says that it adds up to. */
  readonly totals: Pick<WrittenLine, 'payoutCount' | 'principal' | 'fee'>;
  readonly lines: readonly WrittenLine[];
}

export type InvoiceState = 'received' | 'disputed' | 'accepted' | 'partly_accepted';

export interface Invoice {
  readonly id: string;
  readonly programmeId: string;
  readonly number: string;
  readonly issuedOn: string;
  readonly from: string;
  readonly to: string;
  readonly payoutCount: number;
  readonly principal: Stated;
  readonly fee: Stated;
  /** The last terms that were confirmed when it was recorded; null where no fee was agreed on. */
  readonly termsVersion: number | null;
  readonly state: InvoiceState;
  readonly recordedBy: string;
  readonly recordedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly reason: string | null;
  /** What was agreed to, and what settlements that stand take of it. */
  readonly accepted: { readonly principal: Stated; readonly fee: Stated };
  readonly settled: { readonly principal: Stated; readonly fee: Stated };
  readonly version: number;
}

/** Why a line is not what we know. */
export type Difference =
  | 'office_unknown'
  | 'more_payouts'
  | 'fewer_payouts'
  | 'principal_above'
  | 'principal_below'
  | 'claimed_before'
  | 'fee_above_tariff'
  | 'fee_below_tariff'
  | 'fee_without_tariff';

/** A line beside what we know of the same office and days. */
export interface ComparedLine {
  readonly position: number;
  readonly officeId: string | null;
  readonly officeCode: string;
  readonly day: string | null;
  readonly theirs: { readonly payoutCount: number; readonly principal: Money; readonly fee: Money };
  readonly ours: { readonly payoutCount: number; readonly principal: Money };
  /** What the tariff gives for our pay-outs; null where there is none. */
  readonly agreedFee: Money | null;
  /** What was agreed to for the same office and days on other invoices. */
  readonly claimedBefore: Money;
  readonly feeBefore: Money;
  readonly accepted: { readonly principal: Money; readonly fee: Money } | null;
  /** Open exceptions about the same office and days. */
  readonly exceptionIds: readonly string[];
}
