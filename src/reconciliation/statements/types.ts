import type { ShownPlace } from '../../platform/index.ts';
import type { ExceptionKind, Stated } from '../types.ts';
import type { DispensableField, LineKind, StatementFormat, StatementSource } from './formats/types.ts';
import type { Withdrawal } from './withdrawal/store.ts';

/** `received`: kept, and waits to be read. `staged`: read whole, every line is there. `reconciled`: matched. `refused`: not to be read. `withdrawn`: taken back. */
export const statementStates = ['received', 'staged', 'reconciled', 'refused', 'withdrawn'] as const;

export type StatementState = (typeof statementStates)[number];

/** How a statement may move; the database holds the same list. */
export const statementTransitions = [
  'received>staged',
  'received>refused',
  'staged>reconciled',
  'staged>withdrawn',
  'reconciled>withdrawn',
] as const;

/** What a statement says of one account and period. */
export interface StatementPart {
  readonly place: string;
  readonly reference: string | null;
  readonly account: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly opening: Stated | null;
  readonly credits: Stated | null;
  readonly debits: Stated | null;
  readonly closing: Stated | null;
  readonly lineCount: number;
  readonly leftOut: number;
}

/** A statement as it was stored, with what became of its lines. */
export interface Statement {
  readonly id: string;
  readonly programmeId: string;
  readonly source: StatementSource;
  readonly format: StatementFormat | null;
  readonly state: StatementState;
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly lineCount: number;
  readonly leftOut: number;
  readonly repeatCount: number;
  /** Payments less reversals, in the programme's currency. */
  readonly total: Stated;
  readonly matchedCount: number;
  readonly exceptions: { kind: ExceptionKind; open: number; resolved: number }[];
  readonly parts: StatementPart[];
  readonly faults: ShownPlace[];
  readonly faultCount: number;
  readonly remarks: ShownPlace[];
  readonly mapping: { readonly name: string; readonly version: number } | null;
  readonly uploadedBy: string;
  readonly uploadedAt: string;
  readonly stagedAt: string | null;
  /** The last withdrawal that was asked for. */
  readonly withdrawal: Withdrawal | null;
}

/** A statement as lists show it. */
export type StatementSummary = Omit<Statement, 'parts' | 'faults' | 'remarks' | 'withdrawal'>;

/** A line of a statement with what became of it. */
export interface StatementLineShown {
  readonly id: string;
  readonly row: number;
  readonly place: string;
  readonly kind: LineKind;
  readonly reference: string;
  readonly ourReference: string | null;
  readonly serial: string | null;
  readonly amount: Stated;
  readonly officeCode: string | null;
  readonly paidOn: string;
  readonly valueOn: string | null;
  /** What is written in the file and could not be read. */
  readonly unread: DispensableField[];
  /** The line of an earlier statement that it repeats. */
  readonly repeats: string | null;
  readonly match: { readonly pass: string; readonly reason: string } | null;
  readonly exceptions: { readonly id: string; readonly kind: ExceptionKind; readonly state: string }[];
}

/** What somebody sends, besides the file itself. */
export interface NewStatement {
  readonly programmeId: string;
  readonly name: string;
  /** Null where nobody says: a bank's format is the bank's, any other the post's. */
  readonly source: StatementSource | null;
  /** The first and the last day, where somebody says them; otherwise the file does. */
  readonly from: string | null;
  readonly to: string | null;
  /** The name of a saved mapping. */
  readonly mapping: string | null;
  /** Digest of the file (SHA-256), in hexadecimal. */
  readonly digest: string;
}
