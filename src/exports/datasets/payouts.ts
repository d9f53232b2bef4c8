import { Money, type Sql, sql } from '../../platform/index.ts';
import type { Dataset } from '../types.ts';
import { beginningOf, endOf, type Placed, walk } from './walk.ts';

interface Row extends Placed {
  readonly voucherId: string;
  readonly listId: string;
  readonly fundId: string;
  readonly office: string | null;
  readonly agentId: string;
  readonly paidOn: string;
  readonly paidAt: Date;
  readonly how: string;
  readonly amount: string;
  readonly currency: string;
  readonly voidedAt: Date | null;
  readonly bookedAt: Date;
}

/**
 * Cash that was handed over, by the day on which it was booked here, and again by the day on which it was voided: an office without a network tells of
 * it days later. Who came is not in it.
 */
export const payouts: Dataset = {
  name: 'payouts',
  permission: 'cashout.read',
  isPersonal: false,
  async *rows({ db }, { programmeId, from, to }) {
    yield [
      'payout',
      'voucher',
      'list',
      'fund',
      'office',
      'agent',
      'paid_on',
      'paid_at',
      'how',
      'amount',
      'currency',
      'voided_at',
      'booked_at',
    ];
    const within = (moment: Sql): Sql => sql`(${moment} >= ${beginningOf(from, programmeId)} and ${moment} < ${endOf(to, programmeId)})`;
    const pages = walk<Row>(
      db,
      (
        after,
        limit,
      ) => sql`select p.id, p.paid_on::text as place, p.voucher_id as "voucherId", v.list_id as "listId", v.fund_id as "fundId",
          o.code as office, p.agent_id as "agentId", p.paid_on as "paidOn", p.paid_at as "paidAt", p.amount::text, p.currency, p.voided_at as "voidedAt",
          coalesce(p.reported_at, p.paid_at) as "bookedAt",
          case when p.advance_id is not null then 'by_hand' when p.reported_at is not null then 'offline' else 'counter' end as how
        from payouts p join vouchers v on v.id = p.voucher_id left join offices o on o.id = p.office_id
        where v.programme_id = ${programmeId} and (p.reported_at is null and p.paid_on between ${from}::date and ${to}::date
            or ${within(sql`p.reported_at`)} or ${within(sql`p.voided_at`)})
          and ${after ? sql`(p.paid_on, p.id) > (${after.place}::date, ${after.id}::uuid)` : sql`true`}
        order by p.paid_on, p.id limit ${limit}`,
    );
    for await (const rows of pages)
      for (const row of rows)
        yield [
          row.id,
          row.voucherId,
          row.listId,
          row.fundId,
          row.office ?? '',
          row.agentId,
          row.paidOn,
          row.paidAt.toISOString(),
          row.how,
          Money.of(row.amount, row.currency).toString(),
          row.currency,
          row.voidedAt?.toISOString() ?? '',
          row.bookedAt.toISOString(),
        ];
  },
};
