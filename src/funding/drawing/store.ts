import { type Db, Money, type Sql, sql } from '../../platform/index.ts';
import type { Kind } from '../../programmes/index.ts';
import { toMinor } from '../minor-units.ts';
import type { FundToDraw, Group } from './types.ts';

interface Row {
  readonly id: string;
  readonly currency: string;
  readonly order: number;
  readonly share: string | null;
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  readonly wilayas: string[];
  readonly kinds: Kind[];
  readonly groups: Group[];
  readonly available: string;
}

/**
 * A programme's funds whose dates take in a day. What a fund sets aside for fees is what its share of everything received comes to, less
 * the fees there have been.
 * @param fundIds only these; null for all
 */
export async function openFunds(db: Db, programmeId: string, day: string, fundIds: readonly string[] | null): Promise<FundToDraw[]> {
  const rows = await db.all<Row>(sql`
    select f.id, f.currency, f.draw_order as "order", trunc(f.draw_share * 10000)::text as share, f.starts_on as "startsOn", f.ends_on as "endsOn",
      f.earmark_wilayas as wilayas, f.earmark_kinds as kinds, f.earmark_groups as groups,
      greatest(coalesce(-a.balance, 0) - unspent_fees(f.id), 0)::text as available
    from funds f left join accounts a on a.fund_id = f.id and a.kind = 'fund_available' and a.currency = f.currency
    where f.programme_id = ${programmeId} and coalesce(f.starts_on <= ${day}::date, true) and coalesce(f.ends_on >= ${day}::date, true)
      and (${fundIds}::uuid[] is null or f.id = any(${fundIds}::uuid[]))
    order by f.draw_order, f.id`);
  return rows.map(({ currency, share, wilayas, kinds, groups, available, ...row }) => ({
    ...row,
    share: share === null ? null : BigInt(share),
    earmarks: { wilayas, kinds, groups },
    available: toMinor(available, currency),
    drawn: 0n,
  }));
}

/** What a fund has available less what it sets aside for fees; below zero when lists have taken of that. */
export async function drawable(db: Db, fundId: string): Promise<Money | undefined> {
  const row = await db.first<{ amount: string; currency: string }>(sql`
    select f.currency, (coalesce(-a.balance, 0) - unspent_fees(f.id))::text as amount
    from funds f left join accounts a on a.fund_id = f.id and a.kind = 'fund_available' and a.currency = f.currency where f.id = ${fundId}`);
  return row && Money.of(row.amount, row.currency);
}

/**
 * The condition that a fund pays for a line at all on a day, whatever it has left: {@link isFor} of a row.
 * @param fund the alias of its row
 * @param line of a row with `kind`, `wilaya_number`, `sex`, `age_band` and `has_disability`
 * @param dueOn the day that the line is due
 * @param day today in the programme's time zone
 */
export const carries = (fund: Sql, line: Sql, dueOn: Sql, day: string): Sql => sql`(
  coalesce(${fund}.starts_on <= least(${dueOn}, ${day}::date), true) and coalesce(${fund}.ends_on >= greatest(${dueOn}, ${day}::date), true)
  and (${fund}.earmark_wilayas = '{}' or ${line}.wilaya_number = any(${fund}.earmark_wilayas))
  and (${fund}.earmark_kinds = '{}' or ${line}.kind = any(${fund}.earmark_kinds))
  and (${fund}.earmark_groups = '{}' or ${fund}.earmark_groups && array_remove(array[
    case when ${line}.age_band in ('0-5', '6-11', '12-17') then 'children' when ${line}.sex = 'female' then 'women' when ${line}.sex = 'male' then 'men' end,
    case when ${line}.age_band = '60+' then 'older_people' end,
    case when ${line}.has_disability then 'people_with_disability' end], null)))`;
