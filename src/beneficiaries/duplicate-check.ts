import type { Particulars } from '../matching/index.ts';
import type { Db } from '../platform/index.ts';

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
  /**
   * Whom each of these people, who are entered nowhere, is most likely to be.
   * @returns for each in the order given the likeliest person, or undefined where nobody is like them
   */
  probe(db: Db, programmeId: string, people: readonly Particulars[]): Promise<(Likeness | undefined)[]>;
}
