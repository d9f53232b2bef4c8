import { sql } from '../../../platform/index.ts';
import { amountIn, type ViewFrame } from '../frame.ts';
import type { ExceptionsRow } from './types.ts';

/** Exceptions that are not resolved, by kind, age and currency. Where nothing is at stake, that is none of the programme's. */
export const openExceptions = ({ db, programmeId, currency, today }: ViewFrame): Promise<ExceptionsRow[]> =>
  db.all<ExceptionsRow>(sql`with open as (
      select e.kind, e.owner_id, ${today}::date - (e.opened_at at time zone g.time_zone)::date as age, e.due_on, coalesce(e.currency, ${currency}) as currency,
        coalesce(e.amount, 0) as amount
      from exceptions e join programmes g on g.id = e.programme_id
      where e.programme_id = ${programmeId} and e.state <> 'resolved')
    select kind, case when age <= 7 then '0-7' when age <= 14 then '8-14' when age <= 30 then '15-30' else '31+' end as "ageBand", currency, count(*)::int as exceptions,
      count(*) filter (where owner_id is null)::int as "withoutOwner", count(*) filter (where due_on < ${today}::date)::int as overdue,
      ${amountIn(sql`currency`, sql`sum(amount)`)} as amount
    from open group by 1, 2, 3 order by kind, min(age), currency`);
