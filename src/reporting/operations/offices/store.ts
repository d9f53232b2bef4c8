import { hasRunOut } from '../../../cashout/index.ts';
import { type Sql, sql } from '../../../platform/index.ts';
import { amountIn, only, type ViewFrame, within } from '../frame.ts';
import type { Narrowed } from '../types.ts';
import type { OfficeLoadRow } from './types.ts';

const countedIn = (currency: string): Sql => sql`coalesce(sum(f.count) filter (where f.measure = 'office_day'), 0)::int as payouts,
  ${amountIn(currency, sql`coalesce(sum(f.amount) filter (where f.measure = 'office_day'), 0)`)} as amount,
  coalesce(sum(f.count) filter (where f.measure = 'office_void'), 0)::int as voids,
  ${amountIn(currency, sql`coalesce(sum(f.amount) filter (where f.measure = 'office_void'), 0)`)} as "voidedAmount",
  coalesce(sum(f.count) filter (where f.measure = 'wrong_code'), 0)::int as "wrongCodes",
  coalesce(sum(f.count) filter (where f.measure = 'no_cash'), 0)::int as "withoutCash"`;

const figures = ({ programmeId }: ViewFrame, measures: readonly string[], { officeId, wilayaNumber, ...days }: Narrowed): Sql =>
  sql`from operations_figures f where f.programme_id = ${programmeId} and f.measure = any (${measures}::text[]) and f.office_id is not null
    ${only(sql`f.office_id`, officeId)} ${within(sql`f.day`, days)}
    ${wilayaNumber === undefined ? sql`` : sql`and f.office_id in (select o.id from offices o where o.wilaya_number = ${wilayaNumber})`}`;
const daily = ['office_day', 'office_void', 'wrong_code', 'no_cash'];

// First each measure by itself: two sums over what there is, and the rest over little.
const summed = (frame: ViewFrame, by: Sql, narrowed: Narrowed): Sql =>
  sql`(select f.measure, ${by} as place, sum(f.count) as count, sum(f.amount) as amount ${figures(frame, daily, narrowed)} group by 1, 2) f`;

export const loadByOffice = (frame: ViewFrame, narrowed: Narrowed): Promise<OfficeLoadRow[]> =>
  frame.db.all<OfficeLoadRow>(sql`with load as (select f.place as office_id, ${countedIn(frame.currency)} from ${summed(frame, sql`f.office_id`, narrowed)} group by 1)
    select l.office_id as "officeId", o.code as "officeCode", null as day, null::int as hour, l.payouts, l.amount, l.voids, l."voidedAmount", l."wrongCodes", l."withoutCash",
      ${amountIn(frame.currency, sql`m.per_day`)} as "dayLimit", case when m.per_day is not null then ${amountIn(frame.currency, sql`coalesce(s.paid, 0)`)} end as "paidToday", o.has_cash and not ${hasRunOut(sql`o`, frame.now)} as "hasCash"
    from load l join offices o on o.id = l.office_id left join office_limits m on m.office_id = o.id and m.currency = ${frame.currency}
    left join office_spending s on s.office_id = o.id and s.currency = m.currency and s.day = (${frame.now}::timestamptz at time zone o.time_zone)::date
    order by o.code`);

const ofNoOffice = sql`null::text as "dayLimit", null::text as "paidToday", null::boolean as "hasCash"`;

export const loadByDay = (frame: ViewFrame, narrowed: Narrowed): Promise<OfficeLoadRow[]> =>
  frame.db.all<OfficeLoadRow>(sql`select null::uuid as "officeId", null::text as "officeCode", f.place::text as day, null::int as hour, ${countedIn(frame.currency)}, ${ofNoOffice}
    from ${summed(frame, sql`f.day`, narrowed)} group by f.place order by f.place`);

export const loadByHour = (frame: ViewFrame, narrowed: Narrowed): Promise<OfficeLoadRow[]> =>
  frame.db.all<OfficeLoadRow>(sql`select null::uuid as "officeId", null::text as "officeCode", null::text as day, f.key::int as hour, sum(f.count)::int as payouts,
      ${amountIn(frame.currency, sql`sum(f.amount)`)} as amount, null::int as voids, null::text as "voidedAmount", null::int as "wrongCodes", null::int as "withoutCash", ${ofNoOffice}
    ${figures(frame, ['office_hour'], narrowed)} group by f.key order by 4`);
