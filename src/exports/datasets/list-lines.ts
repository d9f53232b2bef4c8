import { Money, sql } from '../../platform/index.ts';
import type { Dataset } from '../types.ts';
import { beginningOf, endOf, type Placed, walk } from './walk.ts';

interface Row extends Placed {
  readonly name: string;
  readonly position: number;
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly kind: string;
  readonly state: string;
  readonly fundId: string;
  readonly amount: string;
  readonly currency: string;
  readonly wilaya: string;
  readonly voucherState: string | null;
}

/** The lines of lists that were released, by the day on which they were: who is to get how much. Names are not in it. */
export const listLines: Dataset = {
  name: 'payment_list_lines',
  permission: 'payments.export_list',
  isPersonal: true,
  async *rows({ db }, { programmeId, from, to, reading }) {
    yield ['list', 'list_name', 'line', 'registration_number', 'kind', 'state', 'fund', 'amount', 'currency', 'wilaya', 'voucher_state'];
    const pages = walk<Row>(
      db,
      (after, limit) => sql`select l.id, n.position::text as place, l.name, n.position, n.beneficiary_id as "beneficiaryId",
          b.registration_number as "registrationNumber", n.kind, n.state, n.fund_id as "fundId", n.amount::text, n.currency, n.wilaya_number as wilaya,
          v.state as "voucherState"
        from payment_lists l join payment_list_lines n on n.list_id = l.id join beneficiaries b on b.id = n.beneficiary_id
          left join vouchers v on v.line_id = n.id
        where l.programme_id = ${programmeId} and l.released_at >= ${beginningOf(from, programmeId)} and l.released_at < ${endOf(to, programmeId)}
          and ${after ? sql`(l.id, n.position) > (${after.id}::uuid, ${after.place}::int)` : sql`true`}
        order by l.id, n.position limit ${limit}`,
    );
    for await (const rows of pages) {
      await reading(rows.map(({ beneficiaryId }) => beneficiaryId));
      for (const row of rows)
        yield [
          row.id,
          row.name,
          String(row.position),
          row.registrationNumber,
          row.kind,
          row.state,
          row.fundId,
          Money.of(row.amount, row.currency).toString(),
          row.currency,
          row.wilaya,
          row.voucherState ?? '',
        ];
    }
  },
};
