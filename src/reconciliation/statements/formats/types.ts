import { type Money, type Problem, problem, type ShownPlace } from '../../../platform/index.ts';

/** Whose paper a statement is: the post's, of what it paid out, or the bank's, of our account. */
export type StatementSource = 'post' | 'bank';

export type StatementFormat = 'csv' | 'xlsx' | 'camt.053' | 'camt.054' | 'mt940';

/** Seen from who pays the cash: a payment is money that left, a deposit money that came in, a reversal takes one of them back. */
export type LineKind = 'payment' | 'reversal' | 'fee' | 'deposit' | 'deposit_reversal';

/** What of a line may be missing, or written so that it cannot be read: the line counts without it. */
export const dispensableFields = ['reference', 'serial', 'office', 'lastFour', 'valueDate'] as const;

export type DispensableField = (typeof dispensableFields)[number];

/** One operation as a statement lists it. It names no person. */
export interface ReadLine {
  /** The row of a table (the first row of the file is 1), otherwise the line of the file. */
  readonly row: number;
  /** The same for people: `row 12`, `Stmt 1, Ntry 4`, `line 33`. */
  readonly place: string;
  readonly kind: LineKind;
  /** Theirs; empty where they give none. */
  readonly reference: string;
  /** Whether the bank gave that reference to this operation alone: it is known by it again. */
  readonly isNamed: boolean;
  /** What they quote of ours: a pay-out, or the end-to-end identifier of a transfer. */
  readonly ourReference: string | null;
  readonly serial: string | null;
  /** Above zero, for reversals too. */
  readonly amount: Money;
  readonly officeCode: string | null;
  /** The day it was booked. */
  readonly paidOn: string;
  readonly valueOn: string | null;
  readonly documentLastFour: string | null;
  /** What is written there and cannot be read. It is kept nowhere: it may be a person's. */
  readonly unread: DispensableField[];
}

/**
 * One movement of the account as the bank booked it, however many lines it is read as: what a notice takes apart a statement may give as one
 * sum.
 */
export interface Booking {
  readonly amount: Money;
  readonly isCredit: boolean;
  readonly bookedOn: string;
  /** What the bank calls it; null where it gives it no name of its own. */
  readonly reference: string | null;
  /** What the order was called that it carries out as a whole; null where it is one payment. */
  readonly batch: string | null;
  /** How many lines it is read as. */
  readonly lineCount: number;
}

/** What a file says of one account and period: a table is one part, a message of a bank one for each statement in it. */
export interface Part {
  readonly place: string;
  readonly row: number;
  /** How the bank names it. */
  readonly reference: string | null;
  /** Our own account. */
  readonly account: string | null;
  readonly currency: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly opening: Money | null;
  readonly closing: Money | null;
  /** Whether more of the same statement follows, so that this closing ends no day. */
  readonly isInterim: boolean;
  /** Sums of the lines in the part's currency. */
  readonly credits: Money | null;
  readonly debits: Money | null;
  readonly lineCount: number;
  /** Operations that are announced and not booked, or of nothing; they are left out. */
  readonly leftOut: number;
}

/** What comes out of a file on the way through it. The part comes after its lines. */
export type Piece =
  /**
   * A table has text beside a line, which tells equal lines apart, may name people and is not kept, and what its account held after it. Lines of
   * one booking share it; a line that has none is one.
   */
  | { readonly line: ReadLine; readonly text?: string; readonly balance?: Money | null; readonly booking?: Booking }
  | { readonly fault: ShownPlace }
  | { readonly remark: ShownPlace }
  /** What the lines that follow are of, and what it held before the first of them. */
  | { readonly account: string | null; readonly opening: Money | null }
  | { readonly part: Part };

/** A statement on its way through, some pieces at a time. */
export type Pieces = AsyncGenerator<readonly Piece[], void>;

/** Stops the reading of a file of which no more can be made out. @param row where, 1 being the first line */
export const unreadable = (detail: string, row = 1, cell?: string): Problem =>
  problem.unprocessable(detail, {}, [{ row, ...(cell === undefined ? {} : { cell }), detail }]);
