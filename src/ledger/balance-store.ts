import { allOf, type Db, type Page, pageOf, type Sql, sql } from '../platform/index.ts';
import type { AccountKind } from './types.ts';

/** What moved in the accounts of one kind of a fund, as decimal text. */
export interface Turnover {
  readonly fundId: string;
  readonly kind: AccountKind;
  readonly currency: string;
  /** Signed, debit above zero. */
  readonly opening: string;
  readonly debit: string;
  readonly credit: string;
}

/** @param reached the condition on funds `f` that keeps to what the reader may see */
export const turnovers = (
  db: Db,
  { programmeId, from, until }: { readonly programmeId: string; readonly from?: string | undefined; readonly until: string },
  reached: Sql,
): Promise<Turnover[]> =>
  db.all(sql`
    select a.fund_id as "fundId", a.kind, a.currency, sum(before.amount)::text as opening, sum(moved.debit)::text as debit, sum(moved.credit)::text as credit
    from funds f join accounts a on a.fund_id = f.id
    cross join lateral (select ${from ? sql`balance_until(a.id, ${from})` : sql`0::numeric`} as amount) before
    cross join lateral (select coalesce(sum(g.amount) filter (where g.amount > 0), 0) as debit,
        coalesce(-sum(g.amount) filter (where g.amount < 0), 0) as credit
      from postings g where g.account_id = a.id and g.at < ${until}::timestamptz ${from ? sql`and g.at >= ${from}::timestamptz` : sql``}) moved
    where f.programme_id = ${programmeId} and (${reached}) group by 1, 2, 3`);

/** Balances of a fund by kind of account and currency, signed. @param until not included; undefined is everything */
export const balancesOf = (
  db: Db,
  fundId: string,
  currency: string,
  until: Sql | undefined,
): Promise<{ kind: AccountKind; balance: string }[]> =>
  db.all(sql`
  select a.kind, sum(${until ? sql`balance_until(a.id, ${until})` : sql`balance_until(a.id, 'infinity')`})::text as balance
  from accounts a where a.fund_id = ${fundId} and a.currency = ${currency} group by a.kind`);

/** An account as the books know it. */
export interface AccountRow {
  readonly id: string;
  readonly kind: AccountKind;
  readonly fundId: string;
  readonly programmeId: string;
  readonly currency: string;
  readonly officeId: string | null;
  readonly officeCode: string | null;
  readonly officerId: string | null;
}

const columns = sql`a.id, a.kind, a.fund_id as "fundId", f.programme_id as "programmeId", a.currency, a.office_id as "officeId", o.code as "officeCode",
  a.officer_id as "officerId"`;
const tables = sql`accounts a join funds f on f.id = a.fund_id left join offices o on o.id = a.office_id`;

export const findAccount = (db: Db, id: string): Promise<AccountRow | undefined> =>
  db.first(sql`select ${columns} from ${tables} where a.id = ${id}`);

/** A fund's accounts, in the order in which they were opened, each with what it held. @param until not included */
export async function pageOfAccounts(
  db: Db,
  fundId: string,
  until: Sql | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<AccountRow & { readonly balance: string }>> {
  const rows = await db.all<
    AccountRow & { balance: string }
  >(sql`select page.*, balance_until(page.id, ${until ?? sql`'infinity'`})::text as balance
    from (select ${columns} from ${tables} where ${allOf([sql`a.fund_id = ${fundId}`, ...(after ? [sql`a.id > ${after}`] : [])])}
      order by a.id limit ${limit + 1}) page order by page.id`);
  return pageOf(rows, limit, ({ id }) => id);
}

export async function balanceUntil(db: Db, accountId: string, until: Sql): Promise<string> {
  return (await db.first<{ balance: string }>(sql`select balance_until(${accountId}::uuid, ${until})::text as balance`))?.balance ?? '0';
}

/** One movement of an account. */
export interface Movement {
  readonly entryId: string;
  readonly leg: number;
  readonly at: Date;
  /** The moment to the microsecond, for going on from. */
  readonly position: string;
  readonly event: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly amount: string;
}

/** A place in the movements of an account. */
export interface MovementPlace {
  readonly at: string;
  readonly entryId: string;
  readonly leg: number;
}

const behind = ({ at, entryId, leg }: MovementPlace): Sql =>
  sql`(g.at, g.entry_id, g.leg) > (${at}::timestamptz, ${entryId}::uuid, ${leg}::smallint)`;

/** The movements of an account, oldest first. */
export const movementsOf = (
  db: Db,
  accountId: string,
  { from, until }: { readonly from: Sql | undefined; readonly until: Sql | undefined },
  limit: number,
  after: MovementPlace | undefined,
): Promise<Movement[]> =>
  db.all(sql`select page.*, e.event, e.subject_type as "subjectType", e.subject_id as "subjectId" from (
      select g.entry_id as "entryId", g.leg, g.at, g.at::text as position, g.amount::text from postings g where ${allOf([
        sql`g.account_id = ${accountId}`,
        ...(from ? [sql`g.at >= ${from}`] : []),
        ...(until ? [sql`g.at < ${until}`] : []),
        ...(after ? [behind(after)] : []),
      ])} order by g.at, g.entry_id, g.leg limit ${limit}) page
    join journal_entries e on e.id = page."entryId" order by page.at, page."entryId", page.leg`);

/** What moved in an account from a moment until a place in its movements, that place included, signed. */
export async function movedUntil(db: Db, accountId: string, { from, to }: { from: Sql; to: MovementPlace }): Promise<string> {
  const row = await db.first<{ amount: string }>(sql`select coalesce(sum(g.amount), 0)::text as amount from postings g
    where g.account_id = ${accountId} and g.at >= ${from} and not ${behind(to)} and g.at <= ${to.at}::timestamptz`);
  return row?.amount ?? '0';
}
