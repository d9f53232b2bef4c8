import { allOf, type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Contribution, Fund } from './types.ts';

interface Row {
  readonly id: string;
  readonly programme_id: string;
  readonly donor: string;
  readonly agreement: string;
  readonly currency: string;
  readonly received: string;
  readonly created_at: Date;
}

const fundOf = (row: Row): Fund => ({
  id: row.id,
  programmeId: row.programme_id,
  donor: row.donor,
  agreement: row.agreement,
  received: Money.of(row.received, row.currency).toJSON(),
  createdAt: row.created_at.toISOString(),
});

const select = (where: Sql): Sql => sql`select f.id, f.programme_id, f.donor, f.agreement, f.currency, f.created_at,
    (select coalesce(sum(c.amount), 0)::text from contributions c where c.fund_id = f.id) as received
  from funds f where ${where}`;

export async function insertFund(tx: Tx, fund: Fund, createdBy: string): Promise<void> {
  await tx.run(sql`insert into funds (id, programme_id, donor, agreement, currency, created_by, created_at)
    values (${fund.id}, ${fund.programmeId}, ${fund.donor}, ${fund.agreement}, ${fund.received.currency}, ${createdBy}, ${fund.createdAt})`);
}

export async function findFund(db: Db, id: string): Promise<Fund | undefined> {
  const row = await db.first<Row>(select(sql`f.id = ${id}`));
  return row && fundOf(row);
}

/** @param within the condition on funds `f` that keeps to the reader's scope */
export async function pageOfFunds(db: Db, programmeId: string, within: Sql, limit: number, after: string | undefined): Promise<Page<Fund>> {
  const where = allOf([sql`f.programme_id = ${programmeId}`, sql`(${within})`, ...(after ? [sql`f.id > ${after}::uuid`] : [])]);
  const rows = await db.all<Row>(sql`${select(where)} order by f.id limit ${limit + 1}`);
  return pageOf(rows.map(fundOf), limit, ({ id }) => id);
}

export async function insertContribution(
  tx: Tx,
  { id, fundId, amount, receivedOn, reference, recordedAt }: Contribution,
  recordedBy: string,
): Promise<void> {
  await tx.run(sql`insert into contributions (id, fund_id, amount, currency, received_on, reference, recorded_by, recorded_at)
    values (${id}, ${fundId}, ${amount.amount}::numeric, ${amount.currency}, ${receivedOn}, ${reference}, ${recordedBy}, ${recordedAt})`);
}
