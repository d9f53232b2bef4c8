import { type Db, Money, type Sql, sql, type Tx } from '../../platform/index.ts';
import { programmeAt, programmeById } from '../../programmes/index.ts';
import { boundsOf } from '../amounts.ts';
import { listedMeanwhile } from '../listed-meanwhile.ts';
import { recordAt } from '../schedule/records.ts';
import type { Plan } from '../types.ts';
import { endOf } from './standing-store.ts';
import type { WaitingDays } from './types.ts';

/** Whether an instalment `i` is on no list that counts; the database lets no other be withdrawn. */
const notListed = sql`not exists (select from payment_list_lines l where l.instalment_id = i.id and l.counts)`;

/**
 * Whom a sheet touches, and in which periods: what their signed days come to, and what they are owed for them by now. Each is worked out once,
 * however the planner would rather have it.
 */
const touchedBy = (planId: string, sheetId: string): Sql => sql`(
  select t.id as entitlement_id, one.*, sums.*
  from (select beneficiary_id, period_from, period_to, min(row_number) as first_row from attendance where sheet_id = ${sheetId} group by 1, 2, 3) one
  join entitlements t on t.plan_id = ${planId} and t.beneficiary_id = one.beneficiary_id
  cross join lateral (
    select worked(${planId}::uuid, one.beneficiary_id, one.period_from) as worked,
      coalesce((select sum(o.amount) from instalments o where o.entitlement_id = t.id and o.covers_from = one.period_from and (o.state = 'due' or is_given_up(o.id))), 0) as owed
    offset 0
  ) sums
)`;

/**
 * Settles what the people of a sheet are owed for the periods that it touches: what their signed days come to, and no more. What is on a
 * payment list stays; what is not is withdrawn where it has become wrong, and what is missing is owed by one more instalment, due on the last
 * day of the period, to the household that the person was in by then. What comes to less than one payment may be waits for further days.
 */
export async function settleWork(tx: Tx, plan: Plan, sheetId: string, now: Date): Promise<void> {
  const { id, kind, programmeId, purpose, currency } = plan;
  const { programme } = await programmeById(tx, programmeId);
  const { least } = boundsOf((await programmeAt(tx, programmeId, plan.programmeVersion)).programme, kind);
  await tx.run(sql`
    insert into entitlements (id, plan_id, beneficiary_id, created_at)
    select gen_random_uuid(), ${id}::uuid, one.beneficiary_id, ${now}::timestamptz
    from (select distinct beneficiary_id from attendance where sheet_id = ${sheetId}) one order by one.beneficiary_id
    on conflict (plan_id, beneficiary_id) do nothing`);
  await tx
    .run(sql`
    with touched as materialized ${touchedBy(id, sheetId)}
    update instalments i set state = 'withdrawn' from touched
    where touched.owed <> touched.worked and i.entitlement_id = touched.entitlement_id and i.covers_from = touched.period_from
      and i.state = 'due' and ${notListed}`)
    .catch(listedMeanwhile);
  // A programme that was shortened meanwhile ends the period, as it would have ended the plan.
  await tx.run(sql`
    with touched as materialized ${touchedBy(id, sheetId)}
    insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
      covers_to, due_on, amount, currency, created_at)
    select gen_random_uuid(), touched.entitlement_id,
      (select coalesce(max(e.number), 0) from instalments e where e.entitlement_id = touched.entitlement_id)
        + row_number() over (partition by touched.entitlement_id order by touched.period_from),
      ${id}::uuid, ${kind}, ${programmeId}::uuid, touched.beneficiary_id, r.household_id, ${purpose}, touched.period_from, last.day,
      last.day, touched.worked - touched.owed, ${currency}, ${now}::timestamptz
    from touched
    cross join lateral (select least(touched.period_to, ${programme.endsOn}::date) as day) last
    cross join lateral ${recordAt({ plan }, sql`touched.beneficiary_id`, endOf(sql`last.day`, programme.timeZone))} r
    where touched.period_from <= ${programme.endsOn}::date and touched.worked - touched.owed >= greatest(${least?.toString() ?? null}::numeric, 0) and touched.worked > touched.owed`);
}

/** Whose days of a signed sheet wait because they come to less than one payment may be, in the order of its rows. @param limit of those named */
export async function waitingOf(
  db: Db,
  { id, currency }: Pick<Plan, 'id' | 'currency'>,
  sheetId: string,
  limit: number,
): Promise<{ waitingCount: number; waiting: WaitingDays[] }> {
  const rows = await db.all<Omit<WaitingDays, 'amount'> & { readonly amount: string; readonly all: number }>(sql`
    with touched as materialized ${touchedBy(id, sheetId)}
    select first_row as row, period_from as "periodFrom", period_to as "periodTo", (worked - owed)::text as amount, count(*) over ()::int as all
    from touched where worked > owed order by first_row, period_from limit ${limit}`);
  return {
    waitingCount: rows[0]?.all ?? 0,
    waiting: rows.map(({ all: _all, amount, ...row }) => ({ ...row, amount: Money.of(amount, currency).toJSON() })),
  };
}

/** Withdraws what is owed for the days of a sheet and is on no payment list, before its days stop counting. */
export const withdrawOwed = (tx: Tx, planId: string, sheetId: string): Promise<number> =>
  tx
    .run(sql`
    update instalments i set state = 'withdrawn'
    from (select distinct beneficiary_id, period_from from attendance where sheet_id = ${sheetId}) touched
    join entitlements t on t.plan_id = ${planId} and t.beneficiary_id = touched.beneficiary_id
    where i.entitlement_id = t.id and i.covers_from = touched.period_from and i.state = 'due' and ${notListed}`)
    .catch(listedMeanwhile);
