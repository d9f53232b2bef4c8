import { type Db, Money, sql } from '../../../platform/index.ts';

/** What one office has of an invoice that was agreed to, and what one fund has paid there in its days. */
export interface InvoicedOffice {
  readonly officeId: string;
  /** Agreed to, of all funds together. */
  readonly principal: Money;
  readonly fee: Money;
  /** What each fund paid there, and whether it is the one in question. */
  readonly paid: readonly { readonly isOwn: boolean; readonly amount: Money }[];
  /** What settlements that stand take of it already, out of this fund. */
  readonly taken: { readonly principal: Money; readonly fee: Money };
  /** What this fund owes there and no settlement claims. */
  readonly free: Money;
}

interface Row {
  readonly officeId: string;
  readonly currency: string;
  readonly principal: string;
  readonly fee: string;
  readonly paid: { isOwn: boolean; amount: string }[];
  readonly takenPrincipal: string;
  readonly takenFee: string;
  readonly free: string;
}

/** Every office of an invoice of which something was agreed to, by code. */
export async function invoicedOffices(db: Db, invoiceId: string, fundId: string): Promise<InvoicedOffice[]> {
  const rows = await db.all<Row>(sql`
    select agreed.office_id as "officeId", i.currency, agreed.principal, agreed.fee, paid.funds as paid, taken.principal as "takenPrincipal",
      taken.fee as "takenFee", owed_to(${fundId}, agreed.office_id) - claimed_of(${fundId}, agreed.office_id) as free
    from post_invoices i
    cross join lateral (select l.office_id, sum(a.principal) as principal, sum(a.fee) as fee from post_invoice_acceptances a
      join post_invoice_lines l using (invoice_id, position) where a.invoice_id = i.id group by 1) agreed
    cross join lateral (select coalesce(jsonb_agg(jsonb_build_object('isOwn', f.fund_id = ${fundId}::uuid, 'amount', f.amount::text) order by f.fund_id), '[]') as funds
      from (select v.fund_id, sum(p.amount) as amount from payouts p join vouchers v on v.id = p.voucher_id
        where p.office_id = agreed.office_id and p.paid_on between i.from_date and i.to_date and p.voided_at is null and p.currency = i.currency
          and v.programme_id = i.programme_id group by 1) f) paid
    cross join lateral (select coalesce(sum(l.principal) filter (where s.state <> 'returned'), 0) as principal, coalesce(sum(l.fee), 0) as fee from settlements s
      join settlement_lines l on l.settlement_id = s.id where s.invoice_id = i.id and s.fund_id = ${fundId} and l.office_id = agreed.office_id
        and s.state not in ('rejected', 'cancelled')) taken
    join offices o on o.id = agreed.office_id
    where i.id = ${invoiceId} order by o.code`);
  return rows.map(({ currency, officeId, paid, ...row }) => {
    const money = (text: string) => Money.of(text, currency);
    return {
      officeId,
      principal: money(row.principal),
      fee: money(row.fee),
      paid: paid.map(({ isOwn, amount }) => ({ isOwn, amount: money(amount) })),
      taken: { principal: money(row.takenPrincipal), fee: money(row.takenFee) },
      free: money(row.free),
    };
  });
}
