import type { Money } from '../platform/index.ts';

/** An amount as the API states it. */
export type Stated = ReturnType<Money['toJSON']>;

/** One operation of the post, as its statement lists it. */
export interface StatementLine {
  /** Where it stands in the file; the header is row 1, as a spreadsheet counts. */
  readonly row: number;
  readonly kind: 'payment' | 'reversal';
  /** The post's own reference of the operation, or our pay-out's id where the post quotes it. */
  readonly reference: string;
  readonly serial: string;
  /** Above zero, for reversals too. */
  readonly amount: Money;
  readonly officeCode: string;
  readonly paidOn: string;
  readonly documentLastFour: string | null;
}

/** What the post says it did between two days. */
export interface NewStatement {
  readonly programmeId: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** The file, as text. */
  readonly content: string;
}

export const exceptionKinds = [
  'paid_not_in_list',
  'amount_over',
  'amount_under',
  'duplicate_in_file',
  'duplicate_across_files',
  'paid_after_expiry',
  'paid_after_cancel',
  'wrong_collector',
  'wrong_currency',
  'wrong_office',
  'reversed',
  'reversal_without_payment',
  'date_out_of_range',
  'ours_not_in_statement',
  'bank_not_in_statement',
] as const;

export type ExceptionKind = (typeof exceptionKinds)[number];

/** A line that waits for a person, with what we know of its voucher. Dates are days in the programme's time zone. */
export interface LineFacts {
  readonly lineId: string;
  readonly kind: 'payment' | 'reversal';
  readonly amount: string;
  readonly currency: string;
  readonly officeCode: string;
  readonly paidOn: string;
  readonly documentLastFour: string | null;
  readonly isMatched: boolean;
  /** Which line of its kind with this serial it is in its file; a matched line counts as the first. */
  readonly turnOfSerial: number;
  readonly turnOfReference: number;
  /** Whether the post says, here or in an earlier statement, that it paid this serial. */
  readonly hasPaymentLine: boolean;
  /** The earlier statement that holds our pay-out, or this very operation. */
  readonly earlierStatement: string | null;
  readonly voucher: {
    readonly state: string;
    readonly amount: string;
    readonly currency: string;
    readonly expiredOn: string | null;
  } | null;
  readonly payout: {
    readonly id: string;
    readonly paidOn: string;
    readonly isVoided: boolean;
    readonly officeCode: string;
    readonly documentLastFour: string;
  } | null;
}

/** What does not agree, and about which line or pay-out. */
export interface Finding {
  readonly kind: ExceptionKind;
  readonly detail: string;
  readonly lineId: string | null;
  readonly payoutId: string | null;
}

/** How a line found its pay-out. */
export type MatchPass = 'exact' | 'serial_amount_date' | 'tolerance' | 'manual';

export type Resolution = 'claim_on_post' | 'accepted' | 'post_error' | 'our_error' | 'duplicate_line';
