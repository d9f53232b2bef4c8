import { type Db, Money, sql } from '../../../platform/index.ts';
import type { ComparedLine } from './types.ts';

interface Row {
  readonly position: number;
  readonly officeId: string | null;
  readonly officeCode: string;
  readonly day: string | null;
  readonly currency: string;
  readonly payoutCount: number;
  readonly principal: string;
  readonly fee: string;
  readonly ourCount: number;
  readonly ourPrincipal: string;
  readonly agreedFee: string | null;
  readonly claimedBefore: string;
  readonly feeBefore: string;
  readonly acceptedPrincipal: string | null;
  readonly acceptedFee: string | null;
  readonly exceptionIds: string[];
}

/**
 * Lines of an invoice, in order, each beside our pay-outs of the same office and days: one statement, which goes by an index from each line.
 * @param limit none is every line
 */
export async function comparedLines(db: Db, invoiceId: string, after = 0, limit?: number): Promise<ComparedLine[]> {
  const rows = await db.all<Row>(sql`
    with tariffs as materialized (select * from tariffs_of(${invoiceId}::uuid)),
    unresolved as materialized (
      select coalesce(s.office_code, o.code) as code, coalesce(s.paid_on, p.paid_on) as day, (array_agg(e.id order by e.id))[1:20] as ids
      from post_invoices i join exceptions e on e.programme_id = i.programme_id and e.state <> 'resolved'
        left join statement_lines s on s.id = e.statement_line_id left join payouts p on p.id = e.payout_id left join offices o on o.id = p.office_id
      where i.id = ${invoiceId} group by 1, 2),
    explained as materialized (
      select l.position, (array_agg(x.id::text order by x.id))[1:20] as ids
      from post_invoices i join post_invoice_lines l on l.invoice_id = i.id
        join unresolved u on u.code = l.office_code and u.day between coalesce(l.day, i.from_date) and coalesce(l.day, i.to_date)
        cross join lateral unnest(u.ids) as x (id)
      where i.id = ${invoiceId} and l.position > ${after} group by l.position)
    select l.position, l.office_id as "officeId", l.office_code as "officeCode", l.day, i.currency, l.payout_count as "payoutCount", l.principal, l.fee,
      ours.count as "ourCount", ours.principal as "ourPrincipal", case when agreed.any then ours.fee end as "agreedFee",
      earlier.principal as "claimedBefore", earlier.fee as "feeBefore", a.principal as "acceptedPrincipal", a.fee as "acceptedFee", coalesce(e.ids, '{}') as "exceptionIds"
    from post_invoices i join post_invoice_lines l on l.invoice_id = i.id
      cross join lateral (select coalesce(l.day, i.from_date) as first, coalesce(l.day, i.to_date) as last) d
      cross join lateral (select exists (select from tariffs t where t.day between d.first and d.last and (t.terms).fee_fixed is not null) as any) agreed
      left join post_invoice_acceptances a on a.invoice_id = l.invoice_id and a.position = l.position
      cross join lateral (select count(*)::int as count, coalesce(sum(p.amount), 0) as principal,
          coalesce(sum(agreed_fee(t.terms, p.amount, p.currency)), 0) as fee
        from payouts p join vouchers v on v.id = p.voucher_id left join tariffs t on t.day = p.paid_on where p.office_id = l.office_id and p.paid_on between d.first and d.last
          and p.voided_at is null and p.currency = i.currency and v.programme_id = i.programme_id) ours
      cross join lateral (select coalesce(sum(x.principal), 0) as principal, coalesce(sum(x.fee), 0) as fee
        from post_invoice_lines b join post_invoices bi on bi.id = b.invoice_id
          join post_invoice_acceptances x on x.invoice_id = b.invoice_id and x.position = b.position
        where b.office_id = l.office_id and b.invoice_id <> i.id and bi.programme_id = i.programme_id and bi.currency = i.currency
          and coalesce(b.day, bi.from_date) <= d.last and coalesce(b.day, bi.to_date) >= d.first) earlier
      left join explained e on e.position = l.position
    where i.id = ${invoiceId} and l.position > ${after} order by l.position limit ${limit ?? null}::int`);
  return rows.map(comparedLine);
}

function comparedLine({ currency, ...row }: Row): ComparedLine {
  const money = (text: string) => Money.of(text, currency);
  const { position, officeId, officeCode, day, exceptionIds, payoutCount } = row;
  return {
    position,
    officeId,
    officeCode,
    day,
    exceptionIds,
    theirs: { payoutCount, principal: money(row.principal), fee: money(row.fee) },
    ours: { payoutCount: row.ourCount, principal: money(row.ourPrincipal) },
    agreedFee: row.agreedFee === null ? null : money(row.agreedFee),
    claimedBefore: money(row.claimedBefore),
    feeBefore: money(row.feeBefore),
    accepted:
      row.acceptedPrincipal === null || row.acceptedFee === null
        ? null
        : { principal: money(row.acceptedPrincipal), fee: money(row.acceptedFee) },
  };
}

/** Offices that paid in the days of an invoice and that it does not name, by code. */
export const notInvoiced = (
  db: Db,
  invoiceId: string,
  limit: number,
): Promise<{ officeId: string; officeCode: string; payoutCount: number; amount: string; currency: string }[]> =>
  db.all(sql`select o.id as "officeId", o.code as "officeCode", count(*)::int as "payoutCount", sum(p.amount)::text as amount, i.currency
    from post_invoices i join payouts p on p.paid_on between i.from_date and i.to_date and p.voided_at is null and p.currency = i.currency
      join vouchers v on v.id = p.voucher_id and v.programme_id = i.programme_id join offices o on o.id = p.office_id
    where i.id = ${invoiceId} and not exists (select from post_invoice_lines l where l.invoice_id = i.id and l.office_id = p.office_id)
    group by o.id, o.code, i.currency order by o.code limit ${limit}`);
