import type { DispensableField } from '../../statements/formats/types.ts';
import type { ExceptionKind } from '../../types.ts';

export type LineKind = 'payment' | 'reversal' | 'fee' | 'deposit' | 'deposit_reversal';

/** A line that waits for a person, with what we know of it. Days are the programme's; what a line does not say is null. */
export interface LineFacts {
  readonly lineId: string;
  readonly row: number;
  readonly kind: LineKind;
  readonly serial: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly officeCode: string | null;
  readonly paidOn: string;
  readonly documentLastFour: string | null;
  /** What is written in its file and could not be read. */
  readonly unread: readonly DispensableField[];
  /** The pass that matched it; `manual` where a person did. */
  readonly pass: string | null;
  /** Whether an earlier line of its file, or one that is matched, has this serial, or this reference. */
  readonly serialBefore: boolean;
  readonly referenceBefore: boolean;
  /** Whether the post says, here or in another statement, that it paid this serial. */
  readonly hasPaymentLine: boolean;
  /** That a payment is taken back in its file, or that a reversal takes back one of its file which is no pay-out of ours while another line is. */
  readonly isUndone: boolean;
  /** The earlier statement that lists this very operation. */
  readonly earlierStatement: string | null;
  readonly voucher: {
    readonly state: string;
    readonly amount: string;
    readonly currency: string;
    /** The last day on which it could be paid, or can. */
    readonly expiredOn: string | null;
    readonly cancelledOn: string | null;
  } | null;
  readonly payout: {
    readonly id: string;
    readonly paidOn: string;
    readonly isVoided: boolean;
    readonly officeCode: string;
    readonly documentLastFour: string;
    /** Whether another line of this statement is this pay-out, and the other statement that has such a line. */
    readonly isClaimedHere: boolean;
    readonly claimedIn: string | null;
    /** Somebody decided that this line is not this pay-out. */
    readonly isApart: boolean;
  } | null;
  /** What else of ours the line quotes, all of that reference together; of the post's paper, claimed by an earlier deposit of the file. */
  readonly quoted: {
    readonly type: string;
    readonly id: string;
    readonly amount: string;
    readonly currency: string;
    readonly isClaimed: boolean;
  } | null;
  /** The record that a pass found for it and whoever the last run is in the name of had a hand in. */
  readonly withheld: { readonly pass: string; readonly type: string; readonly id: string } | null;
  /** The settlement that it is matched with and that was called off. */
  readonly calledOff: string | null;
  /** The settlement that a reversal of the bank takes back. */
  readonly returned: string | null;
}

/** What a statement covers, both days included, and whose it is. */
export interface Coverage {
  readonly source: 'post' | 'bank';
  readonly from: string;
  readonly to: string;
}

/** A name for what does not agree, when it holds, and in words why. */
export interface LineRule {
  readonly kind: ExceptionKind;
  holds(line: LineFacts, statement: Coverage): boolean;
  /** Serials stand on the line itself; people stand nowhere. */
  detail(line: LineFacts, statement: Coverage): string;
}
