import { type Db, sql } from '../../../platform/index.ts';
import { only, type ViewFrame } from '../frame.ts';
import type { BudgetMove, Need } from './types.ts';

/** The funds of a programme, in the order in which they are drawn on. */
export const fundsOf = async (db: Db, programmeId: string, fundId: string | undefined): Promise<string[]> =>
  (
    await db.all<{ id: string }>(
      sql`select f.id from funds f where f.programme_id = ${programmeId} ${only(sql`f.id`, fundId)} order by f.draw_order, f.created_at, f.id`,
    )
  ).map(({ id }) => id);

/**
 * What moved in funds month by month. Pay-outs are those that are kept: everything else is read from accounts that no pay-out touches, so that
 * there is little of it, and a month of an account is a piece of its index.
 */
export const movesOf = ({ db, programmeId }: ViewFrame, funds: readonly string[]): Promise<BudgetMove[]> =>
  db.all<BudgetMove>(sql`with zone as (select p.time_zone, p.currency from programmes p where p.id = ${programmeId}),
    held as (select a.fund_id, a.kind, a.id from accounts a join zone on zone.currency = a.currency
      where a.fund_id = any (${funds}::uuid[]) and a.kind in ('fund_available', 'fund_committed')),
    fee as materialized (select e.id, e.fund_id from journal_entries e where e.fund_id = any (${funds}::uuid[]) and e.event = 'fee')
    select fund_id as "fundId", figure, to_char(at, 'YYYY-MM') as month, sum(amount)::text as amount from (
      select h.fund_id, case h.kind when 'fund_available' then 'available' else 'committed' end as figure, month.at, -moved.amount as amount
      from zone cross join held h
        cross join lateral (select min(p.at) at time zone zone.time_zone as first, max(p.at) at time zone zone.time_zone as last
          from postings p where p.account_id = h.id) span
        cross join lateral generate_series(date_trunc('month', span.first), span.last, interval '1 month') as month (at)
        cross join lateral (select sum(p.amount) as amount from postings p where p.account_id = h.id
          and p.at >= month.at at time zone zone.time_zone and p.at < (month.at + interval '1 month') at time zone zone.time_zone) moved
      where moved.amount is not null
      union all
      select h.fund_id, 'released', date_trunc('month', p.at at time zone zone.time_zone), p.amount
      from zone cross join held h join postings p on p.account_id = h.id join journal_entries e on e.id = p.entry_id and e.event = 'issue'
      where h.kind = 'fund_committed'
      union all
      select f.fund_id, 'fees', date_trunc('month', p.at at time zone zone.time_zone), p.amount
      from zone cross join (select id, fund_id from fee union all select r.id, r.fund_id from journal_entries r join fee on r.reverses = fee.id) f
      join postings p on p.entry_id = f.id join held h on h.id = p.account_id and h.kind = 'fund_available'
      union all
      select k.fund_id, 'paid', k.day, k.amount from operations_figures k where k.programme_id = ${programmeId} and k.measure = 'paid'
        and k.fund_id = any (${funds}::uuid[])
    ) m group by 1, 2, 3`);

/** What plans will want, as it was last worked out, and when that was. */
export const needsOf = (db: Db, programmeId: string): Promise<(Need & { at: Date })[]> =>
  db.all(sql`select to_char(month, 'YYYY-MM') as month, (unlisted + expected)::text as amount, worked_out_at as at from operations_forecasts
    where programme_id = ${programmeId} order by 1`);

/** When what plans will want was last worked out; undefined for never. */
export const workedOutAt = async (db: Db, programmeId: string): Promise<Date | undefined> =>
  (await db.first<{ at: Date | null }>(sql`select max(worked_out_at) as at from operations_forecasts where programme_id = ${programmeId}`))
    ?.at ?? undefined;
