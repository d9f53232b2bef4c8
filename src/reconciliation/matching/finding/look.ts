import { allOf, type Sql, sql } from '../../../platform/index.ts';
import type { PassGroup } from '../passes/rules.ts';
import { isReference } from '../references.ts';
import type { MatchedStatement, Pass } from '../types.ts';

/** What is looked at: the lines of a statement whose key falls into one bucket of so many. */
export interface Look {
  readonly statement: MatchedStatement;
  readonly group: PassGroup;
  readonly bucket: number;
  readonly buckets: number;
  /** The run that left some lines to another person; null where it left none. */
  readonly withheldBy: string | null;
  /** Lines that somebody bears as a loss, or proposes to: they are in the books already. */
  readonly borne: readonly string[];
  /** Payments that the file takes back: a pay-out is theirs only where no other line fits it. */
  readonly takenBack: readonly string[];
}

/** The first pass of a group; all but groups by identity have no other. */
export function onlyPass({ passes }: PassGroup): Pass {
  const [pass] = passes;
  if (!pass) throw new Error('a group of passes without a pass');
  return pass;
}

/**
 * The lines `l` of a bucket that a group looks at, matched or not. Lines that compete for the same record have the same key, so they are
 * looked at together whatever stands between them in the file.
 */
export function linesOf({ statement, group, bucket, buckets, withheldBy, borne }: Omit<Look, 'takenBack'>, key: Sql): Sql {
  return allOf([
    sql`l.statement_id = ${statement.id}`,
    sql`l.kind = ${onlyPass(group).lineKind}`,
    sql`l.repeats is null`,
    ...(buckets > 1 ? [sql`(hashtext(${key}) & 2147483647) % ${buckets}::int = ${bucket}::int`] : []),
    ...(withheldBy
      ? [sql`(select true from matching_withheld w where w.statement_line_id = l.id and w.run_id = ${withheldBy} limit 1) is null`]
      : []),
    ...(borne.length > 0 ? [sql`l.id <> all(${borne}::uuid[])`] : []),
  ]);
}

/** The lines `l` that a group may still match. */
export const openLines = (look: Omit<Look, 'takenBack'>, key: Sql): Sql => sql`${linesOf(look, key)} and ${isUnmatched}`;

// Each of these is one step into an index, for which there is no other way to be carried out: the planner takes what was written a moment
// ago for next to nothing, and would read all of it.
const isUnmatched = sql`(select true from statement_matches m where m.statement_line_id = l.id limit 1) is null`;

/** That no line has claimed a record. */
export const isFree = (type: Pass['target'], id: Sql): Sql =>
  sql`(select true from statement_match_targets t where t.target_type = ${type} and t.target_id = ${id} limit 1) is null`;

/** That nobody has told a line and a record apart. */
export const mayBeOne = (id: Sql): Sql =>
  sql`(select true from statement_decisions d where d.statement_line_id = l.id and d.target_id = ${id} and d.verdict = 'apart' limit 1) is null`;

/** That what identifies a line `l` is not there, rather than there and not to be read: the latter may be of anything. */
export const isUnidentified = sql`not coalesce(l.unread && '{serial,lastFour}', false)`;

/** That its file takes a line back. */
export const isTakenBack = ({ takenBack }: Look, line: Sql = sql`l.id`): Sql => sql`(${line} = any(${takenBack}::uuid[]))`;

/** That the line's reference, or what it quotes of ours, is this one; letters count alike. */
export const quotes = (reference: Sql): Sql =>
  sql`lower(${reference}) in (lower(l.our_reference), lower(l.reference)) and ${isReference(reference)}`;

/** That amounts stand no further apart than a pass allows. */
export const amountsFit = ({ tolerance }: Pass, amount: Sql): Sql =>
  Number(tolerance) === 0 ? sql`l.amount = ${amount}` : sql`abs(l.amount - ${amount}) <= ${tolerance}::numeric`;

/** That days stand no further apart than a pass allows. */
export const daysFit = ({ days }: Pass, day: Sql): Sql =>
  days === null ? sql`true` : days === 0 ? sql`l.paid_on = ${day}` : sql`l.paid_on between ${day} - ${days}::int and ${day} + ${days}::int`;

/** Whether amount, office, document and day are as we have them too, as far as the line says. */
export const agrees = ({ from, to }: MatchedStatement): Sql =>
  sql`l.amount = p.amount and coalesce(l.office_code = o.code, true) and coalesce(l.document_last_four = p.document_last_four, true)
    and l.paid_on between ${from}::date and ${to}::date`;
