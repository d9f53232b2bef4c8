import { sql, type Tx } from '../../platform/index.ts';
import { listedMeanwhile } from '../listed-meanwhile.ts';
import { owingSql } from './owing-store.ts';
import { ratesOfRule } from './rates.ts';
import { type Scheduled, todayOf } from './scheduled.ts';

/** What settling some people came to. */
export interface Settled {
  readonly people: number;
  readonly made: number;
  readonly withdrawn: number;
}

/**
 * Settles some of a plan's people alone: works out every period of theirs that is due, from what was decided and from how their records stood
 * at each due date; withdraws the instalments that are wrong and on no list, and makes those that are missing. The same as
 * {@link settle} of what {@link owingOf} owes. Doing it again changes nothing.
 * @param ids entitlements of the plan, whose turn the caller has
 */
export async function settlePeople(tx: Tx, scheduled: Scheduled, ids: readonly string[], now: Date): Promise<Settled> {
  const { plan, amountRule, schedule, periods, minor, digits } = scheduled;
  const owed = sql`round(coalesce(o.minor, 0) / ${minor}::int, ${digits}::int)`;
  const today = todayOf(scheduled, now);
  const stretches = periods.map(({ number, startsOn, endsOn, of }) => ({ number, starts_on: startsOn, ends_on: endsOn, of }));
  const row = await tx
    .first<Settled>(sql`
    with periods as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(stretches)}::jsonb) as p (number int, starts_on date, ends_on date, "of" int)
    ), ${ratesOfRule(amountRule)}, touched as materialized (
      select e.id, e.beneficiary_id, e.starts_on, least(e.ends_on, ${schedule.endsOn}::date) as ends_on,
        least(e.ends_on, ${scheduled.programmeEnds}::date) as covers_until,
        case when e.entitled_by is not null then e.created_at end as named_at
      from entitlements e where e.id = any(${ids}::uuid[]) and e.plan_id = ${plan.id}
    ), ${owingSql(scheduled, today)},
    standing as materialized (
      -- What two people gave up stays given up, as if it had been paid.
      select i.*, i.state = 'withdrawn' or exists (select from payment_list_lines l where l.instalment_id = i.id and l.counts) as is_listed
      from instalments i where i.entitlement_id = any(${ids}::uuid[]) and (i.state <> 'withdrawn' or is_given_up(i.id))
    ), listed as (
      select entitlement_id as id, period as number, sum(amount) as amount, min(covers_from) as from_day, max(covers_to) as to_day
      from standing where is_listed group by entitlement_id, period
    ), balanced as (
      select id, number, o.person_id, o.household_id, o.due_on, o.parts, o.reason, o.to_day, l.amount is not null as is_listed,
        row (l.amount, l.from_day, l.to_day) is distinct from row (${owed}, o.from_day, o.to_day) as differs,
        ${owed} as owed, coalesce(o.shares, 0) - coalesce(o.minor, 0) * ${scheduled.units}::int as left_over, o.is_last,
        greatest(o.from_day, l.to_day + 1) as from_day,
        o.parts is not null and greatest(o.from_day, l.to_day + 1) <= o.to_day as is_open,
        sum(${owed} - coalesce(l.amount, 0)) over (partition by id order by number) as so_far
      from owing o full join listed l using (id, number)
    ), made_up as (
      select *, greatest(0, max(so_far) filter (where is_open) over (partition by id order by number)) as made_so_far from balanced
    ), wanted as materialized (
      select *, made_so_far - lag(made_so_far, 1, 0::numeric) over (partition by id order by number) as amount,
        case when jsonb_array_length(parts) = 1 and (parts -> 0 ->> 'to')::date - (parts -> 0 ->> 'from')::date + 1 = (parts -> 0 ->> 'of')::int
          then null else parts end as workings
      from made_up
    ), kept as materialized (
      select s.id, s.entitlement_id, s.period from standing s join wanted w on w.id = s.entitlement_id and w.number = s.period
      where not s.is_listed and w.amount = s.amount and w.amount - w.owed = s.carried and w.from_day = s.covers_from and w.to_day = s.covers_to
        and w.due_on = s.due_on and w.workings is not distinct from s.workings
    ), withdrawn as (
      update instalments i set state = 'withdrawn' from standing s
      where s.id = i.id and not s.is_listed and not exists (select from kept k where k.id = s.id) returning 1
    ), made as (
      insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
        covers_to, due_on, amount, currency, period, workings, carried, left_over, created_at)
      select gen_random_uuid(), w.id, (select coalesce(max(i.number), 0) from instalments i where i.entitlement_id = w.id)
          + row_number() over (partition by w.id order by w.number),
        ${plan.id}::uuid, ${plan.kind}::text, ${plan.programmeId}::uuid, w.person_id, w.household_id, ${plan.purpose}::text, w.from_day, w.to_day,
        w.due_on, w.amount, ${plan.currency}::text, w.number, w.workings, w.amount - w.owed, nullif(w.left_over, 0), ${now}::timestamptz
      from wanted w where w.amount > 0 and not exists (select from kept k where k.entitlement_id = w.id and k.period = w.number)
        and (select count(*) from withdrawn) >= 0
      returning 1
    ), nothing as materialized (
      select id, number, coalesce(reason, 'made_out_before') as reason, from_day, to_day, due_on
      from wanted where amount = 0 and not is_listed
    ), lifted as (
      update periods_not_owed p set lifted_at = ${now}::timestamptz
      where p.entitlement_id = any(${ids}::uuid[]) and p.lifted_at is null
        and not exists (select from nothing x where x.id = p.entitlement_id and x.number = p.period and x.reason = p.reason
          and x.from_day = p.covers_from and x.to_day = p.covers_to and x.due_on = p.due_on) returning p.entitlement_id, p.period
    ), not_owed as (
      insert into periods_not_owed (entitlement_id, period, covers_from, covers_to, due_on, reason, decided_at)
      select x.id, x.number, x.from_day, x.to_day, x.due_on, x.reason, ${now}::timestamptz from nothing x
      where (select count(*) from lifted) >= 0
        and (not exists (select from periods_not_owed p where p.entitlement_id = x.id and p.period = x.number and p.lifted_at is null)
          or exists (select from lifted f where f.entitlement_id = x.id and f.period = x.number))
    ), closed as (
      select distinct on (id) id, so_far - made_so_far as carried, bool_or(is_listed and differs) over (partition by id) as may_differ
      from wanted order by id, number desc
    ), marked as (
      update entitlements e set is_plain = false, carried = coalesce(c.carried, 0), settle_on = least(
          (select min(w.due_on) from windows w where w.id = t.id and w.due_on > ${today}::date),
          -- What is on a list and is not what is owed may come off it.
          case when c.may_differ and ${today}::date < t.ends_on + 366 then ${today}::date + 1 end)
      from touched t left join closed c on c.id = t.id where e.id = t.id
    )
    select (select count(*)::int from touched) as people, (select count(*)::int from made) as made,
      (select count(*)::int from withdrawn) as withdrawn`)
    .catch(listedMeanwhile);
  return row ?? { people: 0, made: 0, withdrawn: 0 };
}
