import { type Db, sql, type Tx } from '../../platform/index.ts';
import { dayKey } from './judge.ts';
import type { ReadDay, WorkTerms } from './types.ts';

export const insertTerms = (
  tx: Tx,
  planId: string,
  currency: string,
  { dayRate, startsOn, endsOn, periodDays, daysPerPeriod, tiers }: WorkTerms,
): Promise<number> =>
  tx.run(sql`
    insert into work_terms (plan_id, day_rate, currency, starts_on, ends_on, period_days, days_per_period, tiers)
    values (${planId}, ${dayRate}, ${currency}, ${startsOn}, ${endsOn}, ${periodDays ?? null}, ${daysPerPeriod}, ${tiers ?? null}::text[])`);

export async function findTerms(db: Db, planId: string): Promise<WorkTerms> {
  type Row = Omit<WorkTerms, 'periodDays' | 'tiers'> & { readonly periodDays: number | null; readonly tiers: string[] | null };
  const row = await db.first<Row>(sql`
    select day_rate::text as "dayRate", starts_on as "startsOn", ends_on as "endsOn", period_days as "periodDays",
      days_per_period as "daysPerPeriod", tiers from work_terms where plan_id = ${planId}`);
  if (!row) throw new Error('a plan of work without its terms');
  const { periodDays, tiers, ...terms } = row;
  return { ...terms, ...(periodDays === null ? {} : { periodDays }), ...(tiers ? { tiers } : {}) };
}

/** Makes whoever enters, signs or corrects a sheet of a plan wait for each other. */
export const lockWork = (tx: Tx, planId: string): Promise<unknown> => tx.first(sql`select hold_work(${planId}::uuid)`);

/** What other sheets say of these people, and of the site on these days. */
export interface Elsewhere {
  readonly worked: Set<string>;
  readonly atSite: Map<string, number>;
  readonly halfDays: Map<string, number>;
}

/** Looks at what counts already, as far as these rows meet it. */
export async function elsewhere(
  db: Db,
  planId: string,
  siteId: string,
  rows: readonly ReadDay[],
  ids: readonly string[],
): Promise<Elsewhere> {
  const days = [...new Set(rows.map(({ day }) => day))];
  const worked = await db.all<{ id: string; day: string }>(sql`
    select beneficiary_id as id, day from attendance where beneficiary_id = any(${ids}::uuid[]) and day = any(${days}::date[]) and counts`);
  const atSite = await db.all<{ day: string; people: number }>(sql`
    select day, count(*)::int as people from attendance where site_id = ${siteId} and day = any(${days}::date[]) and counts group by day`);
  const halfDays = await db.all<{ id: string; from: string; half: number }>(sql`
    select beneficiary_id as id, period_from as from, sum(half_days)::int as half from attendance
    where plan_id = ${planId} and beneficiary_id = any(${ids}::uuid[]) and counts group by 1, 2`);
  return {
    worked: new Set(worked.map(({ id, day }) => dayKey(id, day))),
    atSite: new Map(atSite.map(({ day, people }) => [day, people])),
    halfDays: new Map(halfDays.map(({ id, from, half }) => [dayKey(id, from), half])),
  };
}
