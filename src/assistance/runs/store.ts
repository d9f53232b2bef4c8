import { allOf, atMost, type Db, Money, sql, type Tx } from '../../platform/index.ts';
import type { PlanRun, RunFilter } from './types.ts';

interface Row extends Omit<PlanRun, 'amount' | 'from' | 'arrears' | 'askedAt' | 'finishedAt'> {
  readonly currency: string;
  readonly afterId: string | null;
  readonly terms: { readonly from: string; readonly arrears?: boolean; readonly amount?: string };
  readonly askedAt: Date;
  readonly finishedAt: Date | null;
}

/** A run and where it goes on. */
export interface StoredRun {
  readonly run: PlanRun;
  readonly afterId: string | null;
}

const columns = sql`r.id, r.plan_id as "planId", r.kind as "change", r.change as terms, r.filter, r.reason, r.state, r.people,
  r.passed_over as "passedOver", r.asked_by as "askedBy", r.asked_at as "askedAt", r.finished_at as "finishedAt", r.after_id as "afterId",
  (select p.currency from plans p where p.id = r.plan_id) as currency`;

function stored({ currency, afterId, terms, askedAt, finishedAt, ...row }: Row): StoredRun {
  const run = {
    ...row,
    from: terms.from,
    arrears: terms.arrears ?? null,
    amount: terms.amount === undefined ? null : Money.of(terms.amount, currency).toJSON(),
    askedAt: askedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
  return { run, afterId };
}

export async function insertRun(
  tx: Tx,
  run: Pick<PlanRun, 'id' | 'planId' | 'change' | 'filter' | 'reason'>,
  terms: Row['terms'],
  by: string,
  now: Date,
): Promise<void> {
  const { id, planId, change, filter, reason } = run;
  await tx.insert('plan_runs', [{ id, plan_id: planId, kind: change, change: terms, filter, reason, asked_by: by, asked_at: now }]);
}

export async function findRun(db: Db, id: string): Promise<StoredRun | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from plan_runs r where r.id = ${id}`);
  return row && stored(row);
}

/** The first run of a plan that is not done. */
export async function runInHand(db: Db, planId: string): Promise<StoredRun | undefined> {
  const row = await db.first<Row>(
    sql`select ${columns} from plan_runs r where r.plan_id = ${planId} and r.state = 'running' order by r.id limit 1`,
  );
  return row && stored(row);
}

/** The runs of a plan, the latest first, one more than asked for. */
export async function runsOf(db: Db, planId: string, limit: number, before: string | undefined): Promise<PlanRun[]> {
  const rows = await db.all<Row>(sql`select ${columns} from plan_runs r
    where r.plan_id = ${planId} and ${before ? sql`r.id < ${before}` : sql`true`} order by r.id desc limit ${atMost(limit + 1)}`);
  return rows.map((row) => stored(row).run);
}

export async function stepRun(
  tx: Tx,
  id: string,
  { afterId, people, passedOver, isLast }: { afterId: string | null; people: number; passedOver: number; isLast: boolean },
  now: Date,
): Promise<void> {
  await tx.run(sql`update plan_runs set people = people + ${people}, passed_over = passed_over + ${passedOver},
      after_id = coalesce(${afterId}::uuid, after_id), state = case when ${isLast} then 'done' else 'running' end,
      finished_at = case when ${isLast} then ${now}::timestamptz end
    where id = ${id}`);
}

/** The next of a plan's people that a filter means, in the order in which they were registered. */
export function nextOfPlan(
  db: Db,
  planId: string,
  { wilayaNumbers, state }: RunFilter,
  after: string | null,
  limit: number,
): Promise<{ id: string; beneficiaryId: string }[]> {
  const conditions = [
    sql`e.plan_id = ${planId}`,
    ...(after ? [sql`e.beneficiary_id > ${after}`] : []),
    ...(state ? [sql`e.state = ${state}`] : []),
    ...(wilayaNumbers
      ? [sql`(select b.wilaya_number from beneficiaries b where b.id = e.beneficiary_id) = any(${wilayaNumbers}::text[])`]
      : []),
  ];
  return db.all(sql`select e.id, e.beneficiary_id as "beneficiaryId" from entitlements e where ${allOf(conditions)}
    order by e.beneficiary_id limit ${atMost(limit)}`);
}
