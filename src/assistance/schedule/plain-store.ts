import { atMost, type Db, Money, sql, type Tx } from '../../platform/index.ts';
import { ratesOf } from '../amounts.ts';
import { type Period, unitsIn } from './calendar.ts';
import { daysIn } from './days.ts';
import { type RateOfPeriod, rateFor, ratesSql } from './rates.ts';
import { momentOf, recordAt } from './records.ts';
import { lastDayOf, type Scheduled, todayOf } from './scheduled.ts';

/** How far a batch came. */
export interface Walked {
  readonly people: number;
  /** The last of them. */
  readonly afterId: string | null;
}

const walked = (row: { people: number; afterId: string | null } | undefined): Walked => row ?? { people: 0, afterId: null };

/** The moment whose records decide about a period of a plan. @returns the time, or null when there is no such period */
export async function momentsOf(db: Db, scheduled: Scheduled, { startsOn, dueOn }: Period): Promise<{ joins: Date; due: Date }> {
  const nobody = sql`null::timestamptz`;
  const row = await db.first<{ joins: Date; due: Date }>(sql`select ${momentOf(scheduled, sql`${startsOn}::date`, nobody)} as joins,
    ${momentOf(scheduled, sql`${dueOn}::date`, nobody)} as due`);
  if (!row) throw new Error('a moment is a moment');
  return row;
}

/**
 * Entitles the next of the programme's people whom the plan's scorecard had found eligible by a moment, from a day on.
 * @param join from which day on; `isPlain` unless a period of theirs was worked through already
 * @param moment whose records count
 * @param after the last person seen
 */
export async function joinNext(
  tx: Tx,
  scheduled: Scheduled,
  { startsOn, isPlain }: { readonly startsOn: string; readonly isPlain: boolean },
  moment: Date,
  after: string | null,
  batch: number,
  now: Date,
): Promise<Walked & { joined: number }> {
  const { plan } = scheduled;
  const endsOn = lastDayOf(scheduled);
  const row = await tx.first<Walked & { joined: number }>(sql`
    with candidates as (
      select n.beneficiary_id from enrolments n
      where n.programme_id = ${plan.programmeId} and ${after ? sql`n.beneficiary_id > ${after}` : sql`true`}
      order by n.beneficiary_id limit ${atMost(batch)}
    ), joined as (
      insert into entitlements (id, plan_id, beneficiary_id, starts_on, ends_on, is_plain, settle_on, created_at)
      select gen_random_uuid(), ${plan.id}::uuid, c.beneficiary_id, ${startsOn}::date, ${endsOn}::date, ${isPlain}::boolean,
        case when not ${isPlain}::boolean then ${todayOf(scheduled, now)}::date end, ${now}::timestamptz
      from candidates c cross join lateral ${recordAt(scheduled, sql`c.beneficiary_id`, sql`${moment}::timestamptz`)} r
      where r.reason is null
      on conflict (plan_id, beneficiary_id) do nothing returning 1
    )
    select count(*)::int as people, max(beneficiary_id::text)::uuid as "afterId", (select count(*)::int from joined) as joined from candidates`);
  return { ...walked(row), joined: row?.joined ?? 0 };
}

/** Whether what is `decided` for nothing is settled with everybody else's. */
const isSettledHere = sql`reason not in ('merged', 'below_minor_unit')`;

/**
 * Makes the instalments of one period for the next of the people who run with the plan, or says why they are owed nothing. Left to be settled
 * alone is whoever had been merged by then, and whose part comes to less than the smallest coin: no instalment would carry what rounding left.
 * @param moment whose records count
 */
export async function oweNext(
  tx: Tx,
  scheduled: Scheduled,
  period: Period,
  moment: Date,
  after: string | null,
  batch: number,
  today: string,
  now: Date,
): Promise<Walked & { owed: number; notOwed: number }> {
  const { plan, amountRule, units, minor, digits, schedule } = scheduled;
  const isLast = period.endsOn === schedule.endsOn;
  const coversTo = schedule.every === 'once' ? lastDayOf(scheduled) : period.endsOn;
  // Of everybody who runs with the plan, only the first and the last period can be a part.
  const rest = isLast
    ? sql`(select coalesce(sum(i.left_over), 0) from instalments i where i.entitlement_id = e.id and i.state <> 'withdrawn')`
    : sql`0::numeric`;
  const row = await tx.first<Walked & { owed: number; notOwed: number }>(sql`
    with ${ratesSql(ratesFor(scheduled, period))}, batch as (
      select e.id, e.beneficiary_id from entitlements e
      where e.plan_id = ${plan.id} and ${after ? sql`e.beneficiary_id > ${after}` : sql`true`} and e.is_plain
        and e.starts_on <= ${period.startsOn}::date and e.ends_on >= ${period.endsOn}::date
      order by e.beneficiary_id limit ${atMost(batch)}
    ), decided as (
      select e.id, e.beneficiary_id, r.household_id, sum.minor, t.shares - sum.minor * ${units}::int as left_over, t.workings,
        coalesce(r.reason, case when t.minor is null then 'no_amount' when sum.minor <= 0 then 'below_minor_unit' end) as reason
      from batch e
      cross join lateral ${recordAt(scheduled, sql`e.beneficiary_id`, sql`${moment}::timestamptz`)} r
      ${rateFor(amountRule)}
      cross join lateral (select ${rest} as left_before) o
      cross join lateral (select case when o.left_before = 0 then t.minor else half_even(t.shares + o.left_before, ${units}::int) end as minor) sum
    ), made as (
      insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
        covers_to, due_on, amount, currency, period, workings, left_over, created_at)
      select gen_random_uuid(), id, ${period.number}::int, ${plan.id}::uuid, ${plan.kind}::text, ${plan.programmeId}::uuid, beneficiary_id,
        household_id, ${plan.purpose}::text, ${period.startsOn}::date, ${coversTo}::date, ${period.dueOn}::date,
        round(minor / ${minor}::int, ${digits}::int), ${plan.currency}::text, ${period.number}::int, workings, nullif(left_over, 0), ${now}::timestamptz
      from decided where reason is null
    ), not_owed as (
      insert into periods_not_owed (entitlement_id, period, covers_from, covers_to, due_on, reason, decided_at)
      select id, ${period.number}::int, ${period.startsOn}::date, ${period.endsOn}::date, ${period.dueOn}::date, reason, ${now}::timestamptz
      from decided where ${isSettledHere}
    ), set_apart as (
      update entitlements e set is_plain = false, settle_on = ${today}::date from decided d where d.id = e.id and not (${isSettledHere})
    )
    select count(*)::int as people, max(beneficiary_id::text)::uuid as "afterId", (count(*) filter (where reason is null))::int as owed,
      (count(*) filter (where ${isSettledHere}))::int as "notOwed" from decided`);
  return { ...walked(row), owed: row?.owed ?? 0, notOwed: row?.notOwed ?? 0 };
}

/** What a period pays at each of a plan's rates: shares before rounding, minor units after it, and how a part was worked out. */
function ratesFor({ plan, amountRule, schedule, units, minor }: Scheduled, { startsOn, endsOn, of }: Period): RateOfPeriod[] {
  const days = unitsIn(schedule, startsOn, endsOn, of);
  return ratesOf(amountRule).map((one) => {
    const rate = Money.of(one.amount, plan.currency);
    const shares = rate.times(minor).times(days);
    const isWhole = daysIn(startsOn, endsOn) === of;
    return {
      ...one,
      shares: shares.toString(),
      minor: rate.times(days).portion(1, units).times(minor).toString(),
      workings: isWhole ? null : [{ from: startsOn, to: endsOn, of, rate: rate.toString() }],
    };
  });
}
