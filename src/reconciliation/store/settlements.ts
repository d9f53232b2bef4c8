import { type Db, Money, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { Stated } from '../types.ts';

/** What a fund owes the post for one office. */
export interface Payable {
  readonly fundId: string;
  readonly officeId: string;
  readonly officeCode: string;
  readonly owed: Stated;
}

interface Row extends Omit<Payable, 'owed'> {
  readonly owed: string;
  readonly currency: string;
}

// Payable to the post is a credit, so what is owed is the negative of what the postings add up to.
const payables = sql`select a.fund_id as "fundId", a.office_id as "officeId", o.code as "officeCode", a.currency, -b.balance as owed
  from accounts a join funds f on f.id = a.fund_id join offices o on o.id = a.office_id
    cross join lateral (select coalesce(sum(p.amount), 0) as balance from postings p where p.account_id = a.id) b
  where a.kind = 'payable_to_post'`;

const stored = ({ owed, currency, ...row }: Row): Payable => ({ ...row, owed: Money.of(owed, currency).toJSON() });

/** What a programme owes the post now, by fund and office; offices that are settled are left out. */
export async function pageOfPayables(db: Db, programmeId: string, limit: number, after: string | undefined): Promise<Page<Payable>> {
  const key = ({ fundId, officeId }: Payable) => `${fundId}/${officeId}`;
  const [fund = null, office = null] = after?.split('/') ?? [];
  const rows = await db.all<Row>(sql`${payables} and f.programme_id = ${programmeId} and b.balance <> 0
    and (${fund}::uuid is null or (a.fund_id, a.office_id) > (${fund}::uuid, ${office}::uuid))
    order by a.fund_id, a.office_id limit ${limit + 1}`);
  return pageOf(rows.map(stored), limit, key);
}

/** What a fund owes for some offices; an office that never paid for it is absent. */
export async function payablesOf(db: Db, fundId: string, officeIds: readonly string[]): Promise<Payable[]> {
  return (await db.all<Row>(sql`${payables} and a.fund_id = ${fundId} and a.office_id = any(${officeIds}::uuid[])`)).map(stored);
}

/**
 * Makes settlements of one fund wait for each other, so that what is owed is read after the one before. An advisory lock,
 * because a row lock would need a right to change funds that this role does not have; pay-outs add to what is owed and wait for nobody.
 */
export async function lockSettlements(tx: Tx, fundId: string): Promise<void> {
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`settlements/${fundId}`}, 0))`);
}

export async function fundCurrency(db: Db, programmeId: string, fundId: string): Promise<string | undefined> {
  const row = await db.first<{ currency: string }>(sql`select currency from funds where id = ${fundId} and programme_id = ${programmeId}`);
  return row?.currency;
}

export interface Settlement {
  readonly id: string;
  readonly officeId: string;
  readonly amount: Money;
}

/** @throws Error by constraint `settlements_fund_id_office_id_reference_key` when a reference settled the office before */
export async function insertSettlements(
  tx: Tx,
  { programmeId, fundId, reference, by, at }: { programmeId: string; fundId: string; reference: string; by: string; at: Date },
  settlements: readonly Settlement[],
): Promise<void> {
  await tx.insert(
    'settlements',
    settlements.map(({ id, officeId, amount }) => ({
      id,
      programme_id: programmeId,
      fund_id: fundId,
      office_id: officeId,
      amount: amount.toString(),
      currency: amount.currency,
      reference,
      settled_by: by,
      settled_at: at,
    })),
  );
}
