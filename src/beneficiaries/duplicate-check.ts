import type { CommandContext, Db } from '../platform/index.ts';

/** What the comparison of new people with everybody found out about them. */
export interface Comparison {
  /** Those who share a document with somebody who was there before: a person decides before they are enrolled. */
  readonly blocked: ReadonlySet<string>;
  /** Those, the blocked among them, who are so like somebody who was there before that they may not be paid until a person decides. */
  readonly held: ReadonlySet<string>;
}

/** What this room asks of the one that finds duplicates. */
export interface DuplicateCheck {
  /** Compares people, who are in the database already, with everybody in their programme, and opens the pairs. */
  compare(context: CommandContext, programmeId: string, beneficiaryIds: readonly string[]): Promise<Comparison>;
  /** Those of these people whom an undecided pair keeps from being enrolled. */
  blocked(db: Db, beneficiaryIds: readonly string[]): Promise<ReadonlySet<string>>;
}
