import { type Db, sql } from '../../../platform/index.ts';
import { only, within } from '../frame.ts';
import type { Narrowed } from '../types.ts';
import type { FunnelFact } from './types.ts';

/** What the funnel is made of, of one moment. @param withPeople whether people are wanted too */
export const funnelFacts = (
  db: Db,
  programmeId: string,
  { listId, fundId, wilayaNumber, ...days }: Narrowed,
  withPeople: boolean,
): Promise<FunnelFact[]> =>
  db.all<FunnelFact>(sql`with lists as materialized (
      select l.id, l.state from payment_lists l join programmes p on p.id = l.programme_id where l.programme_id = ${programmeId} and l.state <> 'cancelled'
        ${only(sql`l.id`, listId)} ${within(sql`(l.created_at at time zone p.time_zone)::date`, days)})
    select f.measure, f.key, l.state as "listState", sum(f.count)::int as count, sum(f.amount)::text as amount
    from operations_figures f join lists l on l.id = f.list_id
    where f.programme_id = ${programmeId} and f.measure in ('line', 'voucher', 'reached')
      ${only(sql`f.fund_id`, fundId)} ${only(sql`f.wilaya_number`, wilayaNumber)} group by 1, 2, 3
    union all
    select 'people', f.key, null, sum(f.count)::int, '0' from operations_kept f
    where ${withPeople}::boolean and f.programme_id = ${programmeId} and f.measure = 'people' ${only(sql`f.wilaya_number`, wilayaNumber)} group by 2`);

/** Since when nothing of what people came to is missing; null where nothing is. */
export const peopleMissingSince = async (db: Db): Promise<Date | null> =>
  (
    await db.first<{ at: Date | null }>(
      sql`select case when exists (select from operations_changes) then folded_at end as at from operations_progress`,
    )
  )?.at ?? null;
