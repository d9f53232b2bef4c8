import { type Sql, sql } from '../../../platform/index.ts';
import { only, type ViewFrame, within } from '../frame.ts';
import type { Narrowed } from '../types.ts';
import type { WaitsBy, WaitsRow } from './types.ts';

// Parts are quarters of the first two days, and whole days after that: wait_part() in the migration.
const daysUntilEndOf = (part: Sql): Sql => sql`case when ${part} < 8 then (${part} + 1) / 4.0 else ${part} - 5 end`;

const places: Readonly<Record<WaitsBy, Sql>> = {
  wilaya: sql`f.wilaya_number`,
  office: sql`f.office_id`,
  month: sql`f.day`,
  programme: sql`null::text`,
};

/** Waits by place or month. The median is the least part that half of all lie in or before; p90 likewise. */
export const waitsBy = (
  { db, programmeId }: ViewFrame,
  groupBy: WaitsBy,
  measure: 'wait_wilaya' | 'wait_office',
  { wilayaNumber, officeId, ...days }: Narrowed,
): Promise<WaitsRow[]> =>
  db.all<WaitsRow>(sql`with kept as (
      select ${places[groupBy]} as place,
        f.key, sum(f.count) as count
      from operations_figures f where f.programme_id = ${programmeId} and f.measure = ${measure}
        ${only(sql`f.wilaya_number`, wilayaNumber)} ${only(sql`f.office_id`, officeId)} ${within(sql`f.day`, days)}
      group by 1, 2 having sum(f.count) <> 0),
    parts as (select place, key::int as part, count from kept),
    ranked as (select *, sum(count) over (partition by place order by part) as until, sum(count) over (partition by place) as all_of
      from parts),
    found as (select place, max(all_of)::int as payments, min(part) filter (where until >= 0.5 * all_of) as half,
        min(part) filter (where until >= 0.9 * all_of) as most from ranked group by 1)
    select ${groupBy === 'wilaya' ? sql`place` : sql`null`} as "wilayaNumber", ${groupBy === 'office' ? sql`place` : sql`null`} as "officeId",
      ${groupBy === 'month' ? sql`to_char(place, 'YYYY-MM')` : sql`null`} as month, payments, (${daysUntilEndOf(sql`half`)})::float8 as "medianDays",
      (${daysUntilEndOf(sql`most`)})::float8 as "p90Days" from found order by 1, 2, 3`);
