import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, Money, problem, sql } from '../platform/index.ts';
import { checkIdentities, type Identity } from './identities.ts';
import { sideOf } from './rules.ts';
import type { AccountKind } from './types.ts';

type Amount = ReturnType<Money['toJSON']>;

export interface Balance {
  readonly kind: AccountKind;
  /** As a holding: what there is, rather than on which side it stands. */
  readonly balance: Amount;
}

/** What a fund can still commit. */
export async function availableIn(db: Db, fundId: string, currency: string): Promise<Money> {
  const row = await db.first<{ available: string }>(sql`
    select (-balance)::text as available from accounts where fund_id = ${fundId} and kind = 'fund_available' and currency = ${currency}`);
  return Money.of(row?.available ?? '0', currency);
}

const balancesOf = (db: Db, fundId: string, currency: string): Promise<{ kind: AccountKind; balance: string }[]> =>
  db.all(sql`
  select a.kind, sum(g.amount)::text as balance from accounts a join postings g on g.account_id = a.id
  where a.fund_id = ${fundId} and a.currency = ${currency} group by a.kind`);

/** A fund's balance by kind of account, from its postings. @throws not_found when there is no such fund within the actor's scope */
export async function readBalances(db: Db, actor: Actor, fundId: string): Promise<{ fundId: string; balances: Balance[] }> {
  authoriseRead(actor, 'ledger.read');
  const fund = await db.first<{ programmeId: string; currency: string }>(
    sql`select programme_id as "programmeId", currency from funds where id = ${fundId}`,
  );
  if (!fund) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'ledger.read', { programme: fund.programmeId, fund: fundId });
  const signed = new Map((await balancesOf(db, fundId, fund.currency)).map(({ kind, balance }) => [kind, balance]));
  const balances = Object.entries(sideOf).map(([name, side]) => {
    const kind = name as AccountKind;
    const balance = Money.of(signed.get(kind) ?? '0', fund.currency);
    return { kind, balance: (side === 'debit' ? balance : balance.negated()).toJSON() };
  });
  return { fundId, balances };
}

/** Whether the books of a programme hold, each identity computed from nothing. */
export async function verifyBooks(db: Db, actor: Actor, programmeId: string): Promise<{ holds: boolean; identities: Identity[] }> {
  authoriseRead(actor, 'ledger.read', { programme: programmeId });
  const known = await db.first(sql`select from programmes where id = ${programmeId}`);
  if (!known) throw problem.not_found('There is no such record.');
  const identities = await checkIdentities(db, programmeId);
  return { holds: identities.every(({ holds }) => holds), identities };
}
