import { authoriseRead } from '../access/index.ts';
import { type Actor, cursorKey, type Db, isId, Money, problem, sql } from '../platform/index.ts';
import { type AccountRow, balanceUntil, findAccount, type MovementPlace, movedUntil, movementsOf } from './balance-store.ts';
import { chart } from './chart.ts';
import { beginningOf } from './entry-store.ts';
import type { AccountKind, EntryEvent } from './types.ts';

type Amount = ReturnType<Money['toJSON']>;

/** What an account is, on paper. */
export interface ShownAccount {
  readonly id: string;
  readonly fundId: string;
  readonly code: string;
  readonly kind: AccountKind;
  readonly names: { readonly ar: string; readonly fr: string; readonly en: string };
  readonly side: 'debit' | 'credit';
  readonly currency: string;
  readonly office: { readonly id: string; readonly code: string } | null;
  readonly officerId: string | null;
}

export interface AccountStatement {
  readonly account: ShownAccount;
  /** Signed, debit above zero: before the first of these movements, and after the last. */
  readonly opening: Amount;
  readonly items: {
    readonly entryId: string;
    readonly at: string;
    readonly event: EntryEvent;
    readonly subject: { readonly type: string; readonly id: string };
    readonly side: 'debit' | 'credit';
    readonly amount: Amount;
    readonly balance: Amount;
  }[];
  readonly closing: Amount;
  readonly nextCursor: string | null;
}

/** How the API shows an account. */
export const shownAccount = ({ id, fundId, kind, currency, officeId, officeCode, officerId }: AccountRow): ShownAccount => ({
  id,
  fundId,
  kind,
  ...chart[kind],
  currency,
  office: officeId ? { id: officeId, code: officeCode ?? '' } : null,
  officerId,
});

const isPlace = (key: string): boolean => {
  const [at = '', entryId = '', leg = '', ...rest] = key.split('~');
  return isMoment(at) && isId(entryId) && /^\d{1,4}$/.test(leg) && rest.length === 0;
};

/** Whether a text is a moment as PostgreSQL writes one in UTC. */
export const isMoment = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/.test(text) && !Number.isNaN(Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z')));

const placeIn = (key: string | undefined): MovementPlace | undefined => {
  const [at, entryId, leg] = key?.split('~') ?? [];
  return at && entryId && leg ? { at, entryId, leg: Number(leg) } : undefined;
};

/**
 * An account's movements between days of the programme, both included, oldest first, each with the balance after it.
 * @throws not_found when there is no such account within the actor's scope
 */
export async function readStatement(
  db: Db,
  actor: Actor,
  accountId: string,
  { from, to, limit = 50, cursor }: { from?: string; to?: string; limit?: number; cursor?: string },
): Promise<AccountStatement> {
  authoriseRead(actor, 'ledger.read');
  const account = await findAccount(db, accountId);
  if (!account) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'ledger.read', { programme: account.programmeId, fund: account.fundId });
  const fund = sql`${account.fundId}::uuid`;
  const begins = from ? beginningOf(sql`${from}`, fund) : undefined;
  const until = to ? beginningOf(sql`${to}::date + 1`, fund) : undefined;
  const after = placeIn(cursorKey(cursor, isPlace));
  const { currency } = account;
  const carried = Money.of(begins ? await balanceUntil(db, accountId, begins) : '0', currency);
  const passed = Money.of(after ? await movedUntil(db, accountId, { from: begins ?? sql`'-infinity'`, to: after }) : '0', currency);
  const rows = await movementsOf(db, accountId, { from: begins, until }, limit + 1, after);
  const opening = carried.plus(passed);
  let balance = opening;
  const items = rows.slice(0, limit).map(({ entryId, at, event, subjectType, subjectId, amount }) => {
    const moved = Money.of(amount, currency);
    balance = balance.plus(moved);
    return {
      entryId,
      at: at.toISOString(),
      event: event as EntryEvent,
      subject: { type: subjectType, id: subjectId },
      side: moved.isNegative ? ('credit' as const) : ('debit' as const),
      amount: (moved.isNegative ? moved.negated() : moved).toJSON(),
      balance: balance.toJSON(),
    };
  });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    account: shownAccount(account),
    opening: opening.toJSON(),
    items,
    closing: balance.toJSON(),
    nextCursor: last ? Buffer.from(`${last.position}~${last.entryId}~${last.leg}`).toString('base64url') : null,
  };
}
