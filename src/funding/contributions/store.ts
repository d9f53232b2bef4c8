import { type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Contribution } from '../types.ts';

/** A contribution as it is written. */
export interface NewContribution {
  readonly id: string;
  readonly fundId: string;
  readonly value: Money;
  /** Where it came in another currency. */
  readonly foreign: { readonly amount: Money; readonly rateId: string } | null;
  readonly receivedOn: string;
  readonly reference: string;
}

interface Row {
  readonly id: string;
  readonly fund_id: string;
  readonly amount: string;
  readonly currency: string;
  readonly foreign_amount: string | null;
  readonly foreign_currency: string | null;
  readonly rate: string | null;
  readonly valid_on: string | null;
  readonly source: string | null;
  readonly received_on: string;
  readonly reference: string;
  readonly recorded_at: Date;
  readonly entry_id: string;
  readonly reversed_at: Date | null;
}

function contributionOf(row: Row): Contribution {
  const value = Money.of(row.amount, row.currency).toJSON();
  const { foreign_amount: amount, foreign_currency: currency, rate, valid_on: validOn, source } = row;
  return {
    id: row.id,
    fundId: row.fund_id,
    amount: amount && currency ? Money.of(amount, currency).toJSON() : value,
    value,
    rate: rate && validOn && source ? { rate, validOn, source } : null,
    receivedOn: row.received_on,
    reference: row.reference,
    recordedAt: row.recorded_at.toISOString(),
    entryId: row.entry_id,
    reversedAt: row.reversed_at?.toISOString() ?? null,
  };
}

const select = (where: Sql): Sql => sql`select c.*, r.rate::text as rate, r.valid_on, r.source, e.id as entry_id,
    (select x.at from journal_entries x where x.reverses = e.id) as reversed_at
  from contributions c left join exchange_rates r on r.id = c.rate_id
  join journal_entries e on e.subject_id = c.id and e.event in ('contribution', 'contribution_value') where ${where}`;

export async function insertContribution(
  tx: Tx,
  { id, fundId, value, foreign, receivedOn, reference }: NewContribution,
  by: string,
  at: Date,
): Promise<void> {
  const { amount, rateId = null } = foreign ?? {};
  await tx.run(sql`insert into contributions
      (id, fund_id, amount, currency, foreign_amount, foreign_currency, rate_id, received_on, reference, recorded_by, recorded_at)
    values (${id}, ${fundId}, ${value.toString()}::numeric, ${value.currency}, ${amount?.toString() ?? null}::numeric,
      ${amount?.currency ?? null}, ${rateId}, ${receivedOn}, ${reference}, ${by}, ${at})`);
}

export async function findContribution(db: Db, id: string): Promise<Contribution | undefined> {
  const row = await db.first<Row>(select(sql`c.id = ${id}`));
  return row && contributionOf(row);
}

export async function pageOfContributions(db: Db, fundId: string, limit: number, after: string | undefined): Promise<Page<Contribution>> {
  const rows = await db.all<Row>(
    sql`${select(sql`c.fund_id = ${fundId} and (${after ?? null}::uuid is null or c.id > ${after ?? null}::uuid)`)} order by c.id limit ${limit + 1}`,
  );
  return pageOf(rows.map(contributionOf), limit, ({ id }) => id);
}

/** Whether money of a currency was converted, and not taken back, after a contribution or a conversion was recorded. */
export async function isConvertedSince(db: Db, fundId: string, currency: string, id: string): Promise<boolean> {
  const later = await db.first(sql`select from conversions v
    where v.fund_id = ${fundId} and v.sold_currency = ${currency} and v.id > ${id}::uuid and not is_reversed(v.id) limit 1`);
  return later !== undefined;
}
