import { atMost, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Refused } from './category.ts';
import type { CategoryName } from './rules.ts';
import type { RetentionRule, RetentionRun } from './types.ts';

type RuleRow = Omit<RetentionRule, 'setAt' | 'holdsFrom'> & { readonly setAt: Date; readonly holdsFrom: Date };

const ruleColumns: Sql = sql`id, category, programme_id as "programmeId", keep_days as "keepDays", reason, set_by as "setBy", set_at as "setAt",
  holds_from as "holdsFrom"`;

const ruleOf = ({ setAt, holdsFrom, ...rule }: RuleRow): RetentionRule => ({
  ...rule,
  setAt: setAt.toISOString(),
  holdsFrom: holdsFrom.toISOString(),
});

/** The rules that hold at a moment: of each category and programme the one that was set last. */
export async function rulesAt(db: Db, at: Date): Promise<RetentionRule[]> {
  const rows = await db.all<RuleRow>(sql`select distinct on (category, programme_id) ${ruleColumns} from retention_rules
    where holds_from <= ${at} order by category, programme_id nulls first, set_at desc, id desc`);
  return rows.map(ruleOf);
}

/** Every rule that was ever set, the latest first. @param within the condition that keeps to the reader's scope */
export async function pageOfRules(
  db: Db,
  within: Sql,
  category: string | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<RetentionRule>> {
  const rows =
    await db.all<RuleRow>(sql`select ${ruleColumns} from retention_rules where ${within} and ${category ? sql`category = ${category}` : sql`true`}
    and ${after ? sql`id < ${after}` : sql`true`} order by id desc limit ${limit + 1}`);
  return pageOf(rows.map(ruleOf), limit, ({ id }) => id);
}

/** Makes whoever else sets a rule wait until the transaction ends. */
export async function lockRules(tx: Tx): Promise<void> {
  await tx.all(sql`select pg_advisory_xact_lock(hashtextextended('retention_rules', 0))`);
}

export const insertRule = (tx: Tx, rule: Omit<RetentionRule, 'setAt' | 'holdsFrom'>, at: Date, holdsFrom: Date): Promise<void> =>
  tx.insert('retention_rules', [
    {
      id: rule.id,
      category: rule.category,
      programme_id: rule.programmeId,
      keep_days: rule.keepDays,
      reason: rule.reason,
      set_by: rule.setBy,
      set_at: at,
      holds_from: holdsFrom,
    },
  ]);

export const programmeIds = async (db: Db): Promise<string[]> =>
  (await db.all<{ id: string }>(sql`select id from programmes order by id`)).map(({ id }) => id);

/** How much is due, and the first of it. */
export const countDue = async (db: Db, due: Sql, most: number): Promise<{ count: number; first: string[] }> =>
  (await db.first<{ count: number; first: string[] }>(sql`with due as materialized (${due})
    select (select count(*)::int from due) as count, array(select id from due order by id limit ${atMost(most)}) as first`)) ?? {
    count: 0,
    first: [],
  };

/** The next of what is due, without whoever was refused in this run. @param runId null before there is one */
export const nextDue = async (db: Db, due: Sql, runId: string | null, limit: number): Promise<string[]> => {
  const rows = await db.all<{ id: string }>(sql`select id from (${due}) due
    where not exists (select from retention_refusals r where r.run_id = ${runId} and r.beneficiary_id::text = due.id)
    order by id limit ${atMost(limit)}`);
  return rows.map(({ id }) => id);
};

export const findRunning = (db: Db): Promise<{ id: string } | undefined> =>
  db.first(sql`select id from retention_runs where state = 'running' limit 1`);

/** The run of a day that goes on, begun unless there is one. @returns undefined when the day's run has ended */
export async function beginRun(tx: Tx, id: string, day: string, now: Date): Promise<string | undefined> {
  const left = await tx.first<{ id: string }>(sql`select id from retention_runs where state = 'running' order by day limit 1`);
  if (left) return left.id;
  const begun = await tx.first<{
    id: string;
  }>(sql`insert into retention_runs (id, day, state, started_at) values (${id}, ${day}, 'running', ${now})
    on conflict (day) do nothing returning id`);
  return begun?.id;
}

/** Whether a run still goes on. Its batches go one after another, so that each sees what the one before it did. */
export const isRunning = async (tx: Tx, runId: string): Promise<boolean> =>
  (await tx.first(sql`select from retention_runs where id = ${runId} and state = 'running' for update`)) !== undefined;

export async function endRun(tx: Tx, runId: string, now: Date): Promise<void> {
  await tx.run(sql`update retention_runs set state = 'done', finished_at = ${now} where id = ${runId} and state = 'running'`);
}

export async function addResult(tx: Tx, runId: string, category: CategoryName, programmeId: string | null, dropped: number): Promise<void> {
  await tx.run(sql`insert into retention_results as r (run_id, category, programme_id, dropped) values (${runId}, ${category}, ${programmeId}, ${dropped})
    on conflict (run_id, category, programme_id) do update set dropped = r.dropped + excluded.dropped`);
}

export const insertRefusals = (tx: Tx, runId: string, category: CategoryName, refused: readonly Refused[]): Promise<void> =>
  tx.insert(
    'retention_refusals',
    refused.map(({ beneficiaryId, obstacles }) => ({
      run_id: runId,
      beneficiary_id: beneficiaryId,
      category,
      obstacles: [...new Set(obstacles.map(({ obstacle }) => obstacle))],
    })),
  );

type RunRow = Omit<RetentionRun, 'startedAt' | 'finishedAt'> & { readonly startedAt: Date; readonly finishedAt: Date | null };

const PEOPLE_SHOWN = 100;

const runColumns: Sql = sql`r.id, r.day, r.state, r.started_at as "startedAt", r.finished_at as "finishedAt",
  (select coalesce(jsonb_agg(jsonb_build_object('category', d.category, 'programmeId', d.programme_id, 'dropped', d.dropped)
    order by d.category, d.programme_id), '[]') from retention_results d where d.run_id = r.id) as results,
  (select count(*)::int from erasures e where e.run_id = r.id) as "erasedPeople",
  array(select e.beneficiary_id from erasures e where e.run_id = r.id order by e.id limit ${atMost(PEOPLE_SHOWN)}) as "firstErased",
  (select count(*)::int from retention_refusals f where f.run_id = r.id) as "refusedPeople",
  (select coalesce(jsonb_agg(f), '[]') from (select beneficiary_id as "beneficiaryId", category, obstacles from retention_refusals f
    where f.run_id = r.id order by beneficiary_id limit ${atMost(PEOPLE_SHOWN)}) f) as "firstRefused"`;

const runOf = ({ startedAt, finishedAt, ...run }: RunRow): RetentionRun => ({
  ...run,
  startedAt: startedAt.toISOString(),
  finishedAt: finishedAt?.toISOString() ?? null,
});

export const findRun = async (db: Db, id: string): Promise<RetentionRun | undefined> => {
  const row = await db.first<RunRow>(sql`select ${runColumns} from retention_runs r where r.id = ${id}`);
  return row && runOf(row);
};

export async function pageOfRuns(db: Db, limit: number, after: string | undefined): Promise<Page<RetentionRun>> {
  const rows = await db.all<RunRow>(sql`select ${runColumns} from retention_runs r where ${after ? sql`r.id < ${after}` : sql`true`}
    order by r.id desc limit ${limit + 1}`);
  return pageOf(rows.map(runOf), limit, ({ id }) => id);
}
