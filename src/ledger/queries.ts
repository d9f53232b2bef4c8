import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, cursorKey, type Db, isId, Money, type Page, pageRequest, pageRequestById, problem, sql } from '../platform/index.ts';
import { balancesOf, pageOfAccounts } from './balance-store.ts';
import { accountKinds, chart } from './chart.ts';
import { type EntryFilter, findEntry, pageOfEntries } from './entry-store.ts';
import { checkIdentities, type Identity } from './identities.ts';
import { momentsOf } from './period-store.ts';
import { isMoment, type ShownAccount, shownAccount } from './statement.ts';
import { type TrialBalance, trialBalanceOf } from './trial-balance.ts';
import type { AccountKind, JournalEntry } from './types.ts';
import { say } from './words.ts';

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

/** A fund that the actor may read the books of. @throws not_found */
async function readableFund(db: Db, actor: Actor, fundId: string): Promise<{ programmeId: string; currency: string }> {
  authoriseRead(actor, 'ledger.read');
  const fund = await db.first<{ programmeId: string; currency: string }>(
    sql`select programme_id as "programmeId", currency from funds where id = ${fundId}`,
  );
  if (!fund) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'ledger.read', { programme: fund.programmeId, fund: fundId });
  return fund;
}

// What happened at the very moment that is asked about counts.
const untilAfter = (at: string | undefined) => (at === undefined ? undefined : sql`${at}::timestamptz + interval '1 microsecond'`);

const asHolding = (kind: AccountKind, signed: string, currency: string): Amount => {
  const balance = Money.of(signed, currency);
  return (chart[kind].side === 'debit' ? balance : balance.negated()).toJSON();
};

/**
 * A fund's balance by kind of account, from its postings.
 * @param at the moment that is asked about, in RFC 3339; now when left out
 * @throws not_found when there is no such fund within the actor's scope
 */
export async function readBalances(
  db: Db,
  actor: Actor,
  fundId: string,
  at: string | undefined,
): Promise<{ fundId: string; balances: Balance[] }> {
  const { currency } = await readableFund(db, actor, fundId);
  const signed = new Map((await balancesOf(db, fundId, currency, untilAfter(at))).map(({ kind, balance }) => [kind, balance]));
  return { fundId, balances: accountKinds.map((kind) => ({ kind, balance: asHolding(kind, signed.get(kind) ?? '0', currency) })) };
}

/** A fund's accounts, each with what it holds or held. @throws not_found */
export async function readAccounts(
  db: Db,
  actor: Actor,
  fundId: string,
  { at, ...page }: { at?: string; limit?: number; cursor?: string },
): Promise<Page<ShownAccount & { readonly balance: Amount }>> {
  await readableFund(db, actor, fundId);
  const { limit, after } = pageRequestById(page);
  const { items, nextCursor } = await pageOfAccounts(db, fundId, untilAfter(at), limit, after);
  return { items: items.map((row) => ({ ...shownAccount(row), balance: asHolding(row.kind, row.balance, row.currency) })), nextCursor };
}

/**
 * The trial balance of a programme, of those of its funds that the actor may read.
 * @param query days of the programme, both included; or a moment, up to and with which everything counts
 * @throws not_found; unprocessable when both are given
 */
export async function readTrialBalance(
  db: Db,
  actor: Actor,
  programmeId: string,
  { from, to, at, fundId }: { from?: string; to?: string; at?: string; fundId?: string },
): Promise<TrialBalance & { programmeId: string; balanced: boolean }> {
  const columns = { programme: sql`f.programme_id`, fund: sql`f.id` };
  const reached = scopeCondition(actor, 'ledger.read', columns, { programme: programmeId });
  if (at && (from || to)) {
    throw problem.unprocessable(say('days_or_moment'), {}, [{ pointer: '/query/at', detail: say('leave_out_either') }]);
  }
  const days = await momentsOf(db, programmeId, { startsOn: from ?? '2000-01-01', endsOn: to ?? '2000-01-01' });
  const until = to ? days.until : at ? new Date(Date.parse(at) + 1).toISOString() : 'infinity';
  const only = fundId ? sql`(${reached}) and f.id = ${fundId}` : reached;
  const balance = await trialBalanceOf(db, { programmeId, until, ...(from ? { from: days.from } : {}) }, only);
  return { programmeId, ...balance, balanced: balance.totals.every(({ balanced }) => balanced) };
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readEntry(db: Db, actor: Actor, id: string): Promise<JournalEntry> {
  authoriseRead(actor, 'ledger.read');
  const entry = await findEntry(db, id);
  if (!entry) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'ledger.read', { programme: entry.programmeId, fund: entry.fundId });
  return entry;
}

const isEntryPlace = (key: string): boolean => {
  const [at = '', id = '', ...rest] = key.split('~');
  return isMoment(at) && isId(id) && rest.length === 0;
};

/** A fund's entries in the order in which they happened. @throws not_found */
export async function readEntries(
  db: Db,
  actor: Actor,
  fundId: string,
  { limit: size, cursor, ...filter }: EntryFilter & { limit?: number; cursor?: string },
): Promise<Page<JournalEntry>> {
  await readableFund(db, actor, fundId);
  const { limit } = pageRequest({ limit: size });
  return pageOfEntries(db, fundId, filter, limit, cursorKey(cursor, isEntryPlace));
}

/** Whether the books of a programme hold, each identity computed from nothing. */
export async function verifyBooks(db: Db, actor: Actor, programmeId: string): Promise<{ holds: boolean; identities: Identity[] }> {
  authoriseRead(actor, 'ledger.read', { programme: programmeId });
  const known = await db.first(sql`select from programmes where id = ${programmeId}`);
  if (!known) throw problem.not_found('There is no such record.');
  const identities = await checkIdentities(db, programmeId);
  return { holds: identities.every(({ holds }) => holds), identities };
}
