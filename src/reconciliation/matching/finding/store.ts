import { brokenConstraint, type Db, type Sql, sql, type Tx } from '../../../platform/index.ts';
import type { PassGroup } from '../passes/rules.ts';
import type { Pass } from '../types.ts';
import { byQuote, bySerial, quotesSomething } from './identity.ts';
import { byLikeness } from './likeness.ts';
import { type Look, openLines } from './look.ts';
import { byRecord } from './records.ts';
import { byReversal } from './reversals.ts';
import { byDays, byOfficeDay, byReference } from './sums.ts';

const ways: Readonly<Record<PassGroup['way'], (look: Look) => Sql>> = {
  quote: byQuote,
  serial: bySerial,
  likeness: byLikeness,
  office_day: byOfficeDay,
  days: byDays,
  reference: byReference,
  record: byRecord,
  reversal: byReversal,
};

/** Above this many lines that still wait, what they are compared with is read once instead of looked up for each. */
const MANY = 2_000;

const nestedLoops: readonly string[] = ['enable_nestloop'];
/** What would read all lines of a serial for each line of it, where the index has them in order already. */
const otherThanBackwards: readonly string[] = ['enable_sort', 'enable_incremental_sort', 'enable_bitmapscan', 'enable_seqscan'];

/** What a line has to say to be looked at, and how it must not be planned: ever, or for many lines. */
const named: Readonly<
  Record<PassGroup['way'], { readonly condition: Sql; readonly never?: readonly string[]; readonly ofMany?: readonly string[] }>
> = {
  quote: { condition: quotesSomething },
  serial: { condition: sql`l.serial is not null` },
  likeness: { condition: sql`l.serial is null and l.office_code is not null and l.document_last_four is not null`, ofMany: nestedLoops },
  office_day: { condition: sql`l.serial is null and l.office_code is not null and l.document_last_four is null`, ofMany: nestedLoops },
  days: { condition: sql`l.serial is null and l.document_last_four is null`, ofMany: nestedLoops },
  reference: { condition: sql`true`, ofMany: nestedLoops },
  record: { condition: sql`true`, ofMany: nestedLoops },
  reversal: { condition: sql`true`, never: otherThanBackwards },
};

/** In whose name matches are made, and by which version of the passes. */
export interface Authority {
  readonly runId: string;
  readonly passesVersion: number;
  readonly by: string;
  readonly at: Date;
}

/**
 * Matches what a group of passes finds in one bucket of a statement's lines. A line whose record whoever matches had a hand in is left to another
 * person, by any pass of the run.
 * @param waiting how many lines of the statement the group may still match, as far as it matters
 */
export async function matchBucket(tx: Tx, look: Look, waiting: number, authority: Authority): Promise<void> {
  const { never = [], ofMany = [] } = named[look.group.way];
  const avoided = waiting > MANY ? [...never, ...ofMany] : never;
  // A batch is sorted and compared in memory, not on disk.
  tx.defer(sql`set local work_mem = '64MB'`);
  await plan(tx, avoided, 'off');
  if (look.withheldBy) await tx.run(matching(look, authority, true));
  else {
    // Who had a hand in what is looked at line by line only where the database has refused: hardly ever.
    await tx.run(sql`savepoint bucket`);
    await tx.run(matching(look, authority, false)).catch(async (error: unknown) => {
      if (brokenConstraint(error) !== 'statement_matches_by_another') throw error;
      await tx.run(sql`rollback to savepoint bucket`);
      await tx.run(matching(look, authority, true));
    });
  }
  await plan(tx, avoided, 'on');
}

/** That whoever matches had a hand in a record, or in the line that a reversal takes back. */
const isOwn = ({ by, runId }: Authority): Sql => sql`had_hand_in_record(${by}::uuid, f.target_type, t.id)
  or f.target_type = 'line' and exists (select from matching_withheld w where w.run_id = ${runId} and w.statement_line_id = t.id)`;

function matching(look: Look, authority: Authority, withholds: boolean): Sql {
  const { passes, way } = look.group;
  const { runId, passesVersion, by, at } = authority;
  const name = byRank(passes, (pass) => sql`${pass.name}::text`);
  const own = sql`own as materialized (
      select distinct on (f.line_id) f.line_id, f.rank, f.target_type, t.id
      from found f cross join unnest(f.targets) with ordinality as t (id, part) where ${isOwn(authority)} order by f.line_id, t.part),
    withheld as (
      insert into matching_withheld (statement_line_id, run_id, pass, target_type, target_id)
      select f.line_id, ${runId}::uuid, ${name}, f.target_type, f.id from own f),`;
  const free = withholds ? sql`where not exists (select from own o where o.line_id = f.line_id)` : sql``;
  return sql`
    with found as materialized (${ways[way](look)}),
    ${withholds ? own : sql``}
    matched as (
      insert into statement_matches (statement_line_id, pass, passes_version, reason, agrees, matched_by, matched_at)
      select f.line_id, ${name}, ${passesVersion}::int, ${byRank(passes, reasonOf)}, f.agrees, ${by}::uuid, ${at}::timestamptz
      from found f ${free})
    insert into statement_match_targets (target_type, target_id, statement_line_id, part)
    select f.target_type, t.id, f.line_id, case cardinality(f.targets) when 1 then 0 else t.part end
    from found f cross join unnest(f.targets) with ordinality as t (id, part) ${free}`;
}

/** The lines of a statement that somebody bears as a loss, or proposes to. */
export const borneLines = async (db: Db, statementId: string): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select distinct e.statement_line_id as id from exceptions e
      where e.statement_id = ${statementId} and e.statement_line_id is not null and borne_of(e.statement_line_id) > 0`)
  ).map(({ id }) => id);

/** Whether a run has left a line to another person. */
export const hasWithheld = async (db: Db, runId: string): Promise<boolean> =>
  (await db.first(sql`select from matching_withheld where run_id = ${runId} limit 1`)) !== undefined;

/** What else was planned meanwhile, in triggers, is planned anew: the connection would keep to it. */
const plan = async (tx: Tx, ways: readonly string[], are: 'on' | 'off'): Promise<void> => {
  if (ways.length === 0) return;
  await tx.first(sql`select ${ways.length}::int from unnest(${ways}::text[]) w, set_config(w, ${are}, true)`);
  if (are === 'on') await tx.run(sql`discard plans`);
};

const byRank = (passes: readonly Pass[], text: (pass: Pass) => Sql): Sql => {
  const [first] = passes;
  if (first && passes.length === 1) return text(first);
  return sql`case f.rank ${passes.reduce((cases, pass, i) => sql`${cases} when ${i}::int then ${text(pass)}`, sql``)} end`;
};

/** The reason of a pass with its figures; a template is a value like another, never SQL. */
function reasonOf({ reason }: Pass): Sql {
  const figures: Readonly<Record<string, Sql>> = {
    '{days}': sql`f.days::text`,
    '{difference}': sql`f.difference::text`,
    '{count}': sql`cardinality(f.targets)::text`,
  };
  return Object.entries(figures)
    .filter(([mark]) => reason.includes(mark))
    .reduce((text, [mark, figure]) => sql`replace(${text}, ${mark}, ${figure})`, sql`${reason}::text`);
}

/** How many lines of a statement a group may still match, counted up to a limit. */
export async function countWaiting(
  db: Db,
  { statement, group, borne }: Pick<Look, 'statement' | 'group' | 'borne'>,
  limit: number,
): Promise<number> {
  const row = await db.first<{ count: number }>(sql`select count(*)::int as count from (
    select from statement_lines l where ${openLines({ statement, group, bucket: 0, buckets: 1, withheldBy: null, borne }, sql`l.id`)} and ${named[group.way].condition}
    limit ${limit}) waiting`);
  return row?.count ?? 0;
}
