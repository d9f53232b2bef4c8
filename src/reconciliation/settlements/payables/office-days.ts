import { type Db, Money, type Page, pageOf, sql } from '../../../platform/index.ts';
import type { Stated } from '../../types.ts';

/** Which office days are wanted. */
export interface OfficeDayFilter {
  /** Days of the programme, both counted in. */
  readonly from: string;
  readonly to: string;
  readonly officeId?: string | undefined;
  readonly fundId?: string | undefined;
}

/** What happened at one office on one day, in our books and in the post's statements. */
export interface OfficeDay {
  readonly day: string;
  readonly officeId: string;
  readonly officeCode: string;
  readonly payouts: { readonly count: number; readonly amount: Stated };
  readonly voids: { readonly count: number; readonly amount: Stated };
  /** Of the post's invoices, booked on this day. */
  readonly fees: Stated;
  /** What is owed for the day: pay-outs less voids, plus fees. */
  readonly owed: Stated;
  /** Lines of the post's statements that were matched with pay-outs of the day, and what they say of these. */
  readonly statement: { readonly count: number; readonly amount: Stated };
  /** The statement's less what we paid and did not void. */
  readonly difference: Stated;
}

interface Row {
  readonly day: string;
  readonly officeId: string;
  readonly officeCode: string;
  readonly currency: string;
  readonly payoutCount: number;
  readonly paid: string;
  readonly voidCount: number;
  readonly voided: string;
  readonly fees: string;
  readonly lineCount: number;
  readonly stated: string;
}

/**
 * Office days on which anything happened, by day and office. The page goes through the days and offices in order and reads the pay-outs of
 * each by an index, so that it costs what it shows.
 */
export async function pageOfOfficeDays(
  db: Db,
  programmeId: string,
  { from, to, officeId = undefined, fundId = undefined }: OfficeDayFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<OfficeDay>> {
  const [day, office] = after?.split('/') ?? [];
  const rows = await db.all<Row>(sql`
    select d.day, d.office_id as "officeId", o.code as "officeCode", d.currency, paid.count as "payoutCount", paid.amount as paid,
      paid.void_count as "voidCount", paid.voided, fee.amount as fees, paid.line_count as "lineCount", paid.stated
    from (
      select g.day::date as day, a.office_id, a.currency, p.time_zone, array_agg(a.id) as accounts
      from generate_series(greatest(${from}::date, ${day ?? from}::date), ${to}::date, interval '1 day') g (day)
        cross join accounts a join funds f on f.id = a.fund_id join programmes p on p.id = f.programme_id
      where f.programme_id = ${programmeId} and a.kind = 'payable_to_post' and (${officeId ?? null}::uuid is null or a.office_id = ${officeId ?? null})
        and (${fundId ?? null}::uuid is null or a.fund_id = ${fundId ?? null})
        and (${day ?? null}::date is null or (g.day::date, a.office_id) > (${day ?? null}::date, ${office ?? null}::uuid))
      group by 1, 2, 3, 4 order by 1, 2, 3) d
    join offices o on o.id = d.office_id
    cross join lateral (
      select count(*)::int as count, coalesce(sum(p.amount), 0) as amount,
        (count(*) filter (where p.voided_at is not null))::int as void_count, coalesce(sum(p.amount) filter (where p.voided_at is not null), 0) as voided,
        count(distinct m.statement_line_id)::int as line_count,
        coalesce(sum(coalesce(m.stated, p.amount)) filter (where m.payout_id is not null), 0) as stated
      from payouts p join vouchers v on v.id = p.voucher_id
        left join payout_lines m on m.payout_id = p.id
      where p.office_id = d.office_id and p.paid_on = d.day and p.currency = d.currency and v.programme_id = ${programmeId}
        and (${fundId ?? null}::uuid is null or v.fund_id = ${fundId ?? null})) paid
    cross join lateral (
      select coalesce(-sum(g.amount), 0) as amount from postings g join journal_entries e on e.id = g.entry_id
      where g.account_id = any(d.accounts) and e.event = 'fee' and not exists (select from journal_entries r where r.reverses = e.id)
        and g.at >= d.day::timestamp at time zone d.time_zone and g.at < (d.day + 1)::timestamp at time zone d.time_zone) fee
    where paid.count > 0 or fee.amount <> 0
    order by d.day, d.office_id limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, (row) => `${row.day}/${row.officeId}`);
}

function shown({ day, officeId, officeCode, currency, payoutCount, voidCount, lineCount, ...row }: Row): OfficeDay {
  const money = (text: string) => Money.of(text, currency);
  const [paid, voided, fees, stated] = [money(row.paid), money(row.voided), money(row.fees), money(row.stated)];
  const stands = paid.minus(voided);
  return {
    day,
    officeId,
    officeCode,
    payouts: { count: payoutCount, amount: paid.toJSON() },
    voids: { count: voidCount, amount: voided.toJSON() },
    fees: fees.toJSON(),
    owed: stands.plus(fees).toJSON(),
    statement: { count: lineCount, amount: stated.toJSON() },
    difference: stated.minus(stands).toJSON(),
  };
}
