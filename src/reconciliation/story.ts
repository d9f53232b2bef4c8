import { type Db, sql } from '../platform/index.ts';

/**
 * What became of the pay-outs of these vouchers: the statements that speak of them, their exceptions, and the first settlement with each office
 * for the fund afterwards.
 */
export const reconciliationInStory = async (db: Db, voucherIds: readonly string[]): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      with paid as (select p.id, p.office_id, v.fund_id, p.paid_at from payouts p join vouchers v on v.id = p.voucher_id
        where v.id = any(${voucherIds}::uuid[])),
      said as (select l.id, l.statement_id from statement_lines l where l.serial in (select serial from vouchers where id = any(${voucherIds}::uuid[])))
      select id from paid
      union select statement_id from said
      union select e.id from exceptions e where e.payout_id in (select id from paid) or e.statement_line_id in (select id from said)
      union select s.id from (select office_id, fund_id, min(paid_at) as paid_at from paid group by 1, 2) p
        join lateral (select s.id from settlements s join settlement_lines l on l.settlement_id = s.id where s.fund_id = p.fund_id
            and l.office_id = p.office_id and s.made_at >= p.paid_at and s.state not in ('returned', 'rejected', 'cancelled')
          order by s.made_at limit 1) s on true`)
  ).map(({ id }) => id);
