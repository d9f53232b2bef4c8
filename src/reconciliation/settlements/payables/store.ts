import { type Db, Money, type Page, pageOf, sql } from '../../../platform/index.ts';
import type { Stated } from '../../types.ts';

/** What a fund owes the post for one office, and what settlements on their way claim of that. */
export interface Payable {
  readonly fundId: string;
  readonly officeId: string;
  readonly officeCode: string;
  readonly owed: Stated;
  readonly claimed: Stated;
}

interface Row extends Omit<Payable, 'owed' | 'claimed'> {
  readonly owed: string;
  readonly claimed: string;
  readonly currency: string;
}

// Payable to the post is a credit, so what is owed is the negative of what the account holds.
const payables = sql`select a.fund_id as "fundId", a.office_id as "officeId", o.code as "officeCode", a.currency, -b.balance as owed,
    claimed_of(a.fund_id, a.office_id) as claimed
  from accounts a join funds f on f.id = a.fund_id join offices o on o.id = a.office_id
    cross join lateral (select balance_until(a.id, 'infinity') as balance offset 0) b
  where a.kind = 'payable_to_post'`;

const stored = ({ owed, claimed, currency, ...row }: Row): Payable => ({
  ...row,
  owed: Money.of(owed, currency).toJSON(),
  claimed: Money.of(claimed, currency).toJSON(),
});

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
