import { type Sql, sql } from '../../../platform/index.ts';
import { amountIn, only, type ViewFrame } from '../frame.ts';
import type { Narrowed } from '../types.ts';
import type { CodesBy, UnpaidCodesRow } from './types.ts';

const columns: Readonly<Record<CodesBy, Sql>> = {
  wilaya: sql`f.wilaya_number`,
  office: sql`f.office_id`,
  list: sql`f.list_id`,
  fund: sql`f.fund_id`,
};
const shown = (by: CodesBy, groupBy: CodesBy): Sql => (by === groupBy ? columns[by] : sql`null`);

const kept = (
  programmeId: string,
): Sql => sql`select f.list_id, f.fund_id, f.wilaya_number, null::uuid as office_id, f.key as state, f.day, f.until, f.count, f.amount
  from operations_figures f where f.programme_id = ${programmeId} and f.measure = 'voucher' and f.key in ('issued', 'activated', 'locked')`;

// Those that are out with an office stand with it, and not with those that any office may pay. There are no more of them than packs hold.
const bound = (
  programmeId: string,
): Sql => sql`select v.list_id, v.fund_id, n.wilaya_number, s.office_id, t.key, t.day, t.until, s.sign, s.sign * v.amount
  from offline_packs k join offline_bindings b on b.pack_id = k.id and b.is_open join vouchers v on v.id = b.voucher_id
  join payment_list_lines n on n.id = v.line_id join programmes p on p.id = v.programme_id
  cross join lateral voucher_stands(v.state, v.issued_at, v.activated_at, v.expires_at, p.time_zone) t
  cross join lateral (values (1, k.office_id), (-1, null)) as s (sign, office_id)
  where k.programme_id = ${programmeId} and v.state in ('issued', 'activated', 'locked')`;

/** Unpaid codes by one place, state and age. */
export const unpaidCodesBy = (
  { db, programmeId, currency, today }: ViewFrame,
  groupBy: CodesBy,
  { listId, fundId, wilayaNumber, officeId }: Narrowed,
): Promise<UnpaidCodesRow[]> =>
  db.all<UnpaidCodesRow>(sql`with f as (${kept(programmeId)} ${
    groupBy === 'office' || officeId !== undefined ? sql`union all ${bound(programmeId)}` : sql``
  })
    select ${shown('wilaya', groupBy)} as "wilayaNumber", ${shown('office', groupBy)}::uuid as "officeId", ${shown('list', groupBy)}::uuid as "listId",
      ${shown('fund', groupBy)}::uuid as "fundId", f.state, a.band as "ageBand", sum(f.count)::int as codes, ${amountIn(currency, sql`sum(f.amount)`)} as amount,
      coalesce(sum(f.count) filter (where f.until <= ${today}::date + 7), 0)::int as "expiringCodes",
      ${amountIn(currency, sql`coalesce(sum(f.amount) filter (where f.until <= ${today}::date + 7), 0)`)} as "expiringAmount"
    from f cross join lateral (select case when d <= 7 then '0-7' when d <= 14 then '8-14' when d <= 30 then '15-30' when d <= 60 then '31-60' else '61+' end
        as band from (select ${today}::date - f.day as d) d) a
    where true ${only(sql`f.list_id`, listId)} ${only(sql`f.fund_id`, fundId)} ${only(sql`f.wilaya_number`, wilayaNumber)} ${only(sql`f.office_id`, officeId)}
    group by 1, 2, 3, 4, 5, 6 having sum(f.count) <> 0 order by 1, 2, 3, 4, 5, position('+' in a.band), length(a.band), a.band`);
