import { type Db, Money, sql } from '../../../platform/index.ts';
import type { Settlement, ThreeWays } from '../types.ts';

interface Row {
  readonly payoutCount: number;
  readonly paid: string;
  readonly listedCount: number;
  readonly listed: string;
  readonly invoiceState: string | null;
  readonly line: ThreeWays['bank'];
}

/** A settlement beside our pay-outs, the post's paper and the bank's, and what of these is missing. */
export async function threeWaysOf(db: Db, { id, state, amount }: Settlement): Promise<ThreeWays> {
  const row = await db.first<Row>(sql`
    select ours.count as "payoutCount", ours.amount as paid, ours.listed_count as "listedCount", ours.listed, i.state as "invoiceState",
      (select jsonb_build_object('lineId', l.id, 'reference', l.reference, 'bookedOn', l.paid_on) from settlement_bank_lines b join statement_lines l on l.id = b.statement_line_id where b.settlement_id = s.id) as line
    from settlements s left join post_invoices i on i.id = s.invoice_id
    cross join lateral (
      select count(*)::int as count, coalesce(sum(p.amount), 0) as amount, count(m.payout_id)::int as listed_count,
        coalesce(sum(p.amount) filter (where m.payout_id is not null), 0) as listed
      from settlement_lines l join payouts p on p.office_id = l.office_id and p.paid_on between s.from_date and s.to_date and p.voided_at is null
        join vouchers v on v.id = p.voucher_id and v.fund_id = s.fund_id left join payout_lines m on m.payout_id = p.id
      where l.settlement_id = s.id and p.currency = s.currency) ours
    where s.id = ${id}`);
  if (!row) throw new RangeError('a settlement that is there');
  const { payoutCount, paid, listedCount, listed, invoiceState, line } = row;
  const principal = await db.first<{ amount: string }>(
    sql`select sum(principal)::text as amount from settlement_lines where settlement_id = ${id}`,
  );
  const money = (text: string) => Money.of(text, amount.currency);
  const ours = money(paid);
  const missing: ThreeWays['missing'] = [
    ...(state === 'paid' ? [] : (['payment'] as const)),
    ...(line ? [] : (['bank_line'] as const)),
    // No more was paid to the post than it paid for us.
    ...(ours.compare(money(principal?.amount ?? '0')) < 0 ? (['payouts'] as const) : []),
    ...(listedCount < payoutCount ? (['post'] as const) : []),
  ];
  return {
    closed: missing.length === 0,
    missing,
    ours: { payoutCount, amount: ours.toJSON() },
    post: { payoutCount: listedCount, amount: money(listed).toJSON(), invoiceState },
    bank: line,
  };
}
