import { type Sql, sql } from '../../platform/index.ts';
import type { AmountRule } from '../plan-base.ts';
import type { Plan } from '../types.ts';
import type { Scheduled } from './scheduled.ts';

// How people's records stood at a moment that is past: what holds today, unless a change since then says what was before it. Each is a look-up
// by index, so that it costs the same however many people there are and however old the planner's statistics.

/**
 * When a day begins where a plan pays, or when the plan was made and the person named, if that was on the day itself: a plan owes nothing
 * for facts that were entered after it had to decide. A grant is decided when it is due, or when it is planned if that is later.
 * @param named when somebody named the person; null for those whom a rule named
 */
export function momentOf({ plan, timeZone, schedule }: Scheduled, day: Sql, named: Sql): Sql {
  const onTheDay = (at: Sql) =>
    schedule.every === 'once' ? at : sql`case when (${at} at time zone ${timeZone}::text)::date = ${day} then ${at} end`;
  return sql`greatest(${day}::timestamp at time zone ${timeZone}::text, ${onTheDay(sql`${plan.createdAt}::timestamptz`)}, ${onTheDay(named)})`;
}

/** What of a plan decides which part of a record is looked up: its programme, its scorecard, and whether its amount goes by household. */
export interface Asks {
  readonly plan: Pick<Plan, 'programmeId' | 'scorecardId'>;
  readonly amountRule?: AmountRule;
}

/**
 * A person's record at a moment: `reason`, why it is owed nothing, or null (`merged`, `not_enrolled`, which somebody also is before they
 * were registered, `not_eligible`), `tier`, `household_id` and, where the amount asks for it, `size`.
 * @param person of the statement around it
 * @param moment likewise
 */
export function recordAt({ plan, amountRule }: Asks, person: Sql, moment: Sql): Sql {
  const assessed = plan.scorecardId
    ? sql`left join lateral (select a.outcome, a.tier from assessments a where a.scorecard_id = ${plan.scorecardId} and a.beneficiary_id = b.id
        and a.assessed_at <= ${moment} order by a.number desc limit 1) a on true`
    : sql`cross join (select 'eligible' as outcome, null::text as tier) a`;
  const size =
    amountRule?.rule === 'by_household_size'
      ? sql`coalesce((select c.size_before from household_changes c where c.household_id = home.id and c.changed_at > ${moment}
          order by c.version limit 1), (select h.size from households h where h.id = home.id))`
      : sql`null::int`;
  const state = sql`case when b.registered_at <= ${moment} then coalesce((select h.state from enrolment_history h
        where h.programme_id = ${plan.programmeId} and h.beneficiary_id = b.id and h.until > ${moment} order by h.until, h.id limit 1), n.state) end`;
  return sql`(select coalesce(case ${state} when 'enrolled' then null when 'merged' then 'merged' else 'not_enrolled' end,
        case when a.outcome is distinct from 'eligible' then 'not_eligible' end) as reason,
      a.tier, home.id as household_id, ${size} as size
    from beneficiaries b
    left join enrolments n on n.programme_id = ${plan.programmeId} and n.beneficiary_id = b.id
    ${assessed}
    cross join lateral (select coalesce((select h.household_id from household_history h where h.beneficiary_id = b.id
      and h.until > ${moment} order by h.until, h.id limit 1), b.household_id) as id) home
    where b.id = ${person} offset 0)`;
}
