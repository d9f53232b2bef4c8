import { atMost, type Db, sql, type Tx } from '../../platform/index.ts';
import type { Period } from './calendar.ts';

/** A period that has fallen due, and how far its people have been worked through. */
export interface PeriodInHand {
  readonly period: Period;
  readonly state: 'joining' | 'owing' | 'done';
  /** The last person seen in this state. */
  readonly afterId: string | null;
  readonly fallsDueAt: Date;
}

/** Takes a plan's turn if nobody has it, until the transaction ends. */
export async function tryTurn(tx: Tx, planId: string): Promise<boolean> {
  const row = await tx.first<{ ours: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`assistance/${planId}`}, 0)) as ours`,
  );
  return row?.ours ?? false;
}

/** Waits for a plan's turn: nobody else makes its instalments, or changes whom it entitles, until the transaction ends. */
export const waitTurn = (tx: Tx, planId: string): Promise<unknown> => tx.first(sql`select wait_for_plan(${planId}::uuid)`);

/** The last period of a plan that has fallen due. */
export async function latestPeriod(db: Db, planId: string): Promise<PeriodInHand | undefined> {
  const row = await db.first<Omit<PeriodInHand, 'period'> & Period>(sql`
    select number, starts_on as "startsOn", ends_on as "endsOn", of_days as "of", due_on as "dueOn", state, after_id as "afterId",
      falls_due_at as "fallsDueAt"
    from plan_periods where plan_id = ${planId} order by number desc limit 1`);
  if (!row) return undefined;
  const { state, afterId, fallsDueAt, ...period } = row;
  return { period, state, afterId, fallsDueAt };
}

export async function insertPeriod(tx: Tx, planId: string, period: Period, fallsDueAt: Date, now: Date): Promise<PeriodInHand> {
  const { number, startsOn, endsOn, of, dueOn } = period;
  await tx.insert('plan_periods', [
    { plan_id: planId, number, starts_on: startsOn, ends_on: endsOn, of_days: of, due_on: dueOn, falls_due_at: fallsDueAt, began_at: now },
  ]);
  return { period, state: 'joining', afterId: null, fallsDueAt };
}

/** What a batch added to a period. */
export interface Step {
  readonly joined?: number;
  readonly owed?: number;
  readonly notOwed?: number;
}

/** Takes a period past the people of a batch. @param state in which it goes on; another than before begins with nobody seen */
export async function stepPeriod(
  tx: Tx,
  planId: string,
  { period: { number }, state: before }: PeriodInHand,
  state: PeriodInHand['state'],
  afterId: string | null,
  { joined = 0, owed = 0, notOwed = 0 }: Step,
  now: Date,
): Promise<void> {
  await tx.run(sql`update plan_periods set state = ${state}, joined = joined + ${joined}, owed = owed + ${owed}, not_owed = not_owed + ${notOwed},
      after_id = case when ${state === before} then coalesce(${afterId}::uuid, after_id) end,
      finished_at = case when ${state === 'done'} then ${now}::timestamptz end
    where plan_id = ${planId} and number = ${number}`);
}

/** People of a plan whom a day has come to settle, the first of them. */
export const dueToSettle = async (db: Db, planId: string, today: string, limit: number): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select id from entitlements where plan_id = ${planId} and settle_on <= ${today}::date
      order by settle_on limit ${atMost(limit)}`)
  ).map(({ id }) => id);

/** Plans that pay by the calendar and for which there is something to do. */
export const plansInHand = async (db: Db, now: Date): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      select p.id from plans p join programmes g on g.id = p.programme_id
      cross join lateral (select (${now}::timestamptz at time zone g.time_zone)::date as today,
        least(coalesce(p.ends_on, p.due_on), g.ends_on) as ends_on) d
      left join lateral (select pp.state, pp.ends_on from plan_periods pp where pp.plan_id = p.id order by pp.number desc limit 1) latest on true
      cross join lateral (select coalesce(latest.ends_on + 1, p.starts_on, p.due_on) as starts_on) next
      where (p.due_on is not null or p.every is not null) and (
        latest.state <> 'done'
        or next.starts_on <= d.ends_on and d.today >= case when p.due_at = 'end' then least(d.ends_on, case p.every
          when 'month' then (date_trunc('month', next.starts_on::timestamp) + interval '1 month - 1 day')::date
          else next.starts_on + p.every_days - 1 end) else next.starts_on end
        or exists (select from entitlements e where e.plan_id = p.id and e.settle_on <= d.today)
        or exists (select from plan_runs r where r.plan_id = p.id and r.state = 'running'))
      order by p.id`)
  ).map(({ id }) => id);
