import type { AccountKind, LedgerEvent } from '../../ledger/index.ts';
import { type Db, Money, sql } from '../../platform/index.ts';
import type { Amount, ForeignCash } from '../types.ts';

/** What a fund holds in an account, or what was posted of an event: now, and as it was at a moment before. */
export interface Posted {
  readonly name: HeldKind | RareEvent;
  readonly now: string;
  readonly before: string;
}

export type HeldKind = Extract<AccountKind, 'fund_available' | 'fund_committed' | 'vouchers_outstanding'>;
export type RareEvent = Extract<
  LedgerEvent,
  | 'contribution'
  | 'contribution_value'
  | 'fee'
  | 'exchange_loss'
  | 'exchange_gain'
  | 'loss'
  | 'bank_loss'
  | 'advance_loss'
  | 'recovery'
  | 'cash_recovery'
>;

/**
 * What a fund holds by kind of account, and what came and went beside what people were paid, a reversal counting against what it takes back.
 * In one statement, so that it belongs to one moment.
 * @param since the moment before, not included
 */
export const postedIn = (db: Db, fundId: string, currency: string, since: Date): Promise<Posted[]> =>
  db.all(sql`
    select a.kind as name, (-sum(g.amount))::text as now, (-coalesce(sum(g.amount) filter (where g.at < ${since}), 0))::text as before
      from accounts a join postings g on g.account_id = a.id
      where a.fund_id = ${fundId} and a.currency = ${currency} and a.kind in ('fund_available', 'fund_committed', 'vouchers_outstanding')
      group by 1
    union all select e.event, sum(g.amount)::text, coalesce(sum(g.amount) filter (where g.at < ${since}), 0)::text
      from journal_entries e cross join lateral (
        select p.amount, e.at from postings p where p.entry_id = e.id and p.amount > 0 and p.currency = ${currency}
        union all select -p.amount, r.at from journal_entries r join postings p on p.entry_id = r.id
          where r.reverses = e.id and p.amount > 0 and p.currency = ${currency}) g
      where e.fund_id = ${fundId} and e.event in ('contribution', 'contribution_value', 'fee', 'exchange_loss', 'exchange_gain', 'loss', 'bank_loss',
        'advance_loss', 'recovery', 'cash_recovery')
      group by 1`);

/** What stands received, by the currency it arrived in. */
export async function arrivedIn(db: Db, fundId: string): Promise<Amount[]> {
  const rows = await db.all<Amount>(sql`
    select coalesce(c.foreign_currency, c.currency) as currency, sum(coalesce(c.foreign_amount, c.amount))::text as amount
    from contributions c where c.fund_id = ${fundId} and not is_reversed(c.id) group by 1 order by 1`);
  return rows.map(({ amount, currency }) => Money.of(amount, currency).toJSON());
}

export async function foreignCashIn(db: Db, fundId: string, fundCurrency: string): Promise<ForeignCash[]> {
  const rows = await db.all<{ currency: string; amount: string; value: string }>(
    sql`select c.currency, c.amount::text, c.value::text from foreign_cash_of(${fundId}) c where c.amount > 0 order by 1`,
  );
  return rows.map(({ currency, amount, value }) => ({
    held: Money.of(amount, currency).toJSON(),
    value: Money.of(value, fundCurrency).toJSON(),
  }));
}

/** What a fund keeps for fees that there have not been yet. */
export async function setAsideIn(db: Db, fundId: string, currency: string): Promise<Money> {
  const row = await db.first<{ amount: string }>(sql`select unspent_fees(${fundId})::text as amount`);
  return Money.of(row?.amount ?? '0', currency);
}
