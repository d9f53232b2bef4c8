import { type Sql, sql } from '../platform/index.ts';

/**
 * What a programme released, or paid out, between two days of its time zone and has not given up, as rows of `instalment_id, wilaya_number,
 * sex, age_band, has_disability`.
 * @param from ISO 8601, included as `to` is
 */
export function assisted(how: 'released' | 'paid', programmeId: string, from: string, to: string): Sql {
  const line = sql`select l.instalment_id, l.wilaya_number, l.sex, l.age_band, l.has_disability
    from vouchers v join payment_list_lines l on l.id = v.line_id and l.state = 'released'`;
  return how === 'paid'
    ? sql`${line} join payouts p on p.voucher_id = v.id and p.voided_at is null and p.paid_on between ${from}::date and ${to}::date
        where v.programme_id = ${programmeId} and v.state = 'redeemed'`
    : sql`${line} join programmes g on g.id = v.programme_id
        where v.programme_id = ${programmeId} and v.state not in ('expired', 'cancelled')
          and (v.issued_at at time zone g.time_zone)::date between ${from}::date and ${to}::date`;
}
