import type { Particulars } from '../matching/index.ts';
import type { Db, Tx } from '../platform/index.ts';

/** What the comparison of people with everybody found out about them. */
export interface Comparison {
  /** Those who share a document with somebody who was there before: a person decides before they are enrolled. */
  readonly blocked: ReadonlySet<string>;
  /** Those, the blocked among them, who are so like somebody who was there before that they may not be paid until a person decides. */
  readonly held: ReadonlySet<string>;
  /** How many pairs were opened, or opened again. */
  readonly pairs: number;
}

/** Somebody who is registered, and the probability, between 0 and 1, that somebody else is them. */
export interface Likeness {
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly probability: number;
}

/** Somebody who is entered nowhere, and the row that they stand in. */
export interface Rehearsed {
  readonly rowNumber: number;
  readonly particulars: Particulars;
}

/** An earlier row, and the probability, between 0 and 1, that it is the same person. */
export interface EarlierRow {
  readonly earlierRow: number;
  readonly probability: number;
}

/** Whom somebody is like enough for a person to decide: somebody who is registered, or an earlier row. */
export type Resemblance = (Likeness | EarlierRow) & {
  /** Whether they may not be paid before that. */
  readonly holds: boolean;
};

/** Rows that are compared as if their people were entered one after the other. It is kept nowhere, and nobody is entered. */
export interface Rehearsal {
  /**
   * Compares people with everybody in the programme, with each other, and with those of the rows before.
   * @returns for each, in the order given, whom they are like enough for a person to decide, the likeliest first
   */
  add(people: readonly Rehearsed[]): Promise<readonly (readonly Resemblance[])[]>;
  /** Forgets all of them. */
  end(): Promise<void>;
}

/** What this room asks of the one that finds duplicates. */
export interface DuplicateCheck {
  /**
   * Compares people, whose entry or change has been committed, with everybody in their programme; opens the pairs and enrols the
   * applicants whom nothing keeps back. Doing it twice does no more than doing it once.
   * While the keys of a programme are made again nobody is found, and they are compared afterwards.
   * @param programmeId where all of them are, for who knows it
   */
  compare(beneficiaryIds: readonly string[], programmeId?: string): Promise<Comparison>;
  /**
   * Resolves when everybody in a programme is found under keys as they are made now, which is almost always at once.
   * @param closing tells that the process is about to end
   * @throws Interrupted
   */
  ready(programmeId: string, closing?: AbortSignal): Promise<void>;
  /** Those of these people whom an undecided pair keeps from being enrolled. */
  blocked(db: Db, beneficiaryIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Begins to compare people as if they were entered. Whoever begins it ends it. */
  rehearse(programmeId: string): Rehearsal;
  /** As one step of a rehearsal, in the middle of a command. */
  resembling(tx: Tx, programmeId: string, people: readonly Rehearsed[]): Promise<readonly (readonly Resemblance[])[]>;
  /** What comparisons in a programme go by now; another text once somebody was entered there, or other rules or weights hold. */
  basis(db: Db, programmeId: string): Promise<string>;
}
