import { type Sql, sql } from '../../platform/index.ts';
import { rateFor } from './rates.ts';
import { momentOf, recordAt } from './records.ts';
import type { Scheduled } from './scheduled.ts';

/**
 * What the rules owe people one by one, as {@link owingOf} says it: common table expressions, of which the last are `windows`, the periods
 * of each (`id`, `number`, `due_on`), and `owing`, a row for each that is due: `person_id` and `household_id` at its due date, the days
 * `from_day` to `to_day` that are owed, `parts` as they were worked out, `shares` before rounding, `minor` units after it, `reason` when nothing
 * is owed, `is_last`. It is put after `periods`, `rates` and `touched` (`id`, `beneficiary_id`, `starts_on`, `ends_on`, `covers_until`, `named_at`).
 */
export function owingSql(scheduled: Scheduled, today: string): Sql {
  const { plan, amountRule, schedule, units, minor } = scheduled;
  const moment = momentOf(scheduled, sql`w.due_on`, sql`w.named_at`);
  return sql`windows as materialized (
      select t.id, t.beneficiary_id, t.named_at, t.covers_until, p.number, p.of, d.from_day, d.to_day, d.to_day = t.ends_on as is_end,
        case when ${schedule.dueAt}::text = 'start' then d.from_day else d.to_day end as due_on
      from touched t join periods p on p.starts_on <= t.ends_on and p.ends_on >= t.starts_on
      cross join lateral (select greatest(p.starts_on, t.starts_on) as from_day, least(p.ends_on, t.ends_on) as to_day) d
      where d.from_day <= d.to_day
    ), due as materialized (
      select w.*, who.id as person_id, r.household_id, t.amount as rate,
        case
          when who.id <> w.beneficiary_id and exists (select from entitlements o where o.plan_id = ${plan.id} and o.beneficiary_id = who.id
            and o.starts_on <= w.to_day and o.ends_on >= w.from_day) then 'merged'
          else r.reason end as reason
      from windows w
      cross join lateral (select ${moment} as at offset 0) m
      cross join lateral (select person_at(w.beneficiary_id, m.at) as id offset 0) who
      cross join lateral ${recordAt(scheduled, sql`who.id`, sql`m.at`)} r
      ${rateFor(amountRule)}
      where w.due_on <= ${today}::date
    ), stretches as (
      select d.id, d.number, d.of, d.rate, s.day as from_day,
        coalesce(lead(s.day) over (partition by d.id, d.number order by s.day) - 1, d.to_day) as to_day
      from due d cross join lateral (
        select d.from_day as day union select c.acts_from from entitlement_changes c
        where c.entitlement_id = d.id and c.kind <> 'stop' and c.acts_from > d.from_day and c.acts_from <= d.to_day) s
      where d.reason is null
    ), lived as (
      select s.id, s.number, s.of, s.from_day, s.to_day,
        coalesce((select c.kind = 'suspend' from entitlement_changes c where c.entitlement_id = s.id and c.kind in ('suspend', 'resume')
          and c.acts_from <= s.from_day order by c.number desc limit 1), false) as is_suspended,
        coalesce((select c.amount from entitlement_changes c where c.entitlement_id = s.id and c.kind = 'amount'
          and c.acts_from <= s.from_day order by c.number desc limit 1), s.rate) as rate
      from stretches s
    ), summed as (
      select l.id, l.number, bool_and(l.is_suspended) as is_suspended,
        min(l.from_day) filter (where l.is_paid) as from_day, max(l.to_day) filter (where l.is_paid) as to_day,
        sum(l.rate * ${minor}::int * (l.to_day - l.from_day + 1) * (${units}::int / l.of)) filter (where l.is_paid) as shares,
        jsonb_agg(jsonb_build_object('from', l.from_day, 'to', l.to_day, 'of', l.of, 'rate', round(l.rate, minor_units(${plan.currency}))::text)
          order by l.from_day) filter (where l.is_paid) as parts
      from (select *, not is_suspended and rate is not null as is_paid from lived) l group by l.id, l.number
    ), rounded as (
      select d.id, d.number, d.person_id, d.household_id, d.due_on, d.reason, d.covers_until, s.is_suspended, s.parts, s.shares,
        coalesce(s.from_day, d.from_day) as from_day, coalesce(s.to_day, d.to_day) as to_day,
        d.is_end and s.parts is not null as is_last, half_even(s.shares, ${units}::int) as minor
      from due d left join summed s using (id, number)
    ), shared as (
      select *, coalesce(sum(shares - minor * ${units}::int) over (partition by id order by number
        rows between unbounded preceding and 1 preceding), 0) as left_before from rounded
    ), summed_up as (
      select id, number, person_id, household_id, due_on, reason, is_suspended, parts, shares, from_day, is_last,
        least(to_day + ${scheduled.coversBeyond}::int, covers_until) as to_day,
        case when is_last then half_even(shares + left_before, ${units}::int) else minor end as minor
      from shared
    ), owing as materialized (
      select id, number, person_id, household_id, due_on, parts, shares, from_day, to_day, is_last, minor,
        coalesce(reason, case when parts is null then case when is_suspended then 'suspended' else 'no_amount' end
          when minor <= 0 then 'below_minor_unit' end) as reason
      from summed_up
    )`;
}
