/** What is kept beside the trail, and proved like it. */
export const recordTables = ['person_reads', 'alerts'] as const;
export type RecordTable = (typeof recordTables)[number];

/** Rows of a table, in the order of their identifiers: how many, and the digest over all of them. */
export interface Digested {
  readonly rows: number;
  readonly digest: Buffer;
}

/** What was sealed of a table. */
export interface RecordSeal extends Digested {
  /** SHA-256 over the rest, in hexadecimal. */
  readonly id: string;
  readonly records: RecordTable;
  /** Of a table, counted from one. */
  readonly number: number;
  /** The identifiers that it takes in: those after this one, or from the beginning. */
  readonly after: string | null;
  readonly upTo: string;
}
