import { type Sql, sql } from '../../platform/index.ts';
import type { Settings, Slice } from '../types.ts';
import { byDay, firstPayouts, ofDay, touchedDays } from './payouts.ts';
import { ruleOf } from './rule.ts';

/** The pay-outs `d` of touched days with the second of the day, by the clock of the office, at which each was made. */
const timed = (
  slice: Slice,
): Sql => sql`select d.*, l.at::date as local_day, extract(epoch from l.at::time) as second, extract(isodow from l.at) as weekday
  from (${touchedDays(slice)}) d join offices o on o.id = d.office_id cross join lateral (select d.paid_at at time zone o.time_zone as at) l`;

/** The hours of the office of a pay-out `d` on its day, in seconds: that day's own, or the week's, or the usual ones where it has stated none. */
const hoursThat = ({
  opens,
  closes,
}: Settings): Sql => sql`select extract(epoch from h.opens) as opens, extract(epoch from h.closes) as closes from (
    select s.opens, s.closes from office_days s where s.office_id = d.office_id and s.day = d.local_day and s.opens is not null
    union all select w.opens, w.closes from office_hours w where w.office_id = d.office_id and w.weekday = d.weekday
      and not exists (select from office_days s where s.office_id = d.office_id and s.day = d.local_day)
    union all select ${opens}::time, ${closes}::time where not exists (select from office_hours w where w.office_id = d.office_id)
      and not exists (select from office_days s where s.office_id = d.office_id and s.day = d.local_day)) h`;

/** Paid while the office is closed. */
export const outOfHours = ruleOf(
  'out_of_hours',
  (slice, settings) => sql`select ${ofDay}, case when count(*) >= 5 then 'high' else 'medium' end as severity,
      jsonb_build_object('payoutIds', ${firstPayouts}) as evidence
    from (${timed(slice)}) d where not exists (select from (${hoursThat(settings)}) h
      where d.second between h.opens - 60 * ${settings.minutes}::int and h.closes + 60 * ${settings.minutes}::int)
    group by ${byDay} having count(*) >= ${settings.least}`,
);

/** Many equal round pay-outs in the last minutes before an office closes, which are a good part of the agent's day. */
export const equalAtClose = ruleOf(
  'equal_at_close',
  (slice, settings) => sql`select ${ofDay}, 'medium' as severity,
      jsonb_build_object('payoutIds', ${firstPayouts}, 'amount', d.amount::text, 'ofDay', max(d.of_day)) as evidence
    from (select d.*, count(*) over (partition by ${byDay})::int as of_day from (${timed(slice)}) d) d
    where d.second >= (select max(h.closes) from (${hoursThat(settings)}) h) - 60 * ${settings.minutes}::int and mod(d.amount, 100) = 0
    group by ${byDay}, d.amount having count(*) >= ${settings.least} and count(*) >= ${settings.factor}::numeric * max(d.of_day)`,
);
