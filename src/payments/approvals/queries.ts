import { authoriseRead, mayRead, permissionNamed, scopeCondition } from '../../access/index.ts';
import {
  type Actor,
  cursorUnknown,
  type Db,
  isId,
  type Page,
  pageOf,
  pageRequest,
  pageRequestById,
  problem,
  type Sql,
  sql,
} from '../../platform/index.ts';
import { listById, scopeOf } from '../queries.ts';
import { say } from '../words.ts';
import { pageOfAwaited } from './awaited-store.ts';
import { type Colleague, grantToDelegate, pageOfColleagues, pageOfDelegations } from './delegation-store.ts';
import { pageOfRounds } from './hand-store.ts';
import type { AwaitedSignature, Delegation, Round } from './types.ts';

type Paging = { readonly limit?: number; readonly cursor?: string };

/** The rounds of a list, with their signatures. @throws not_found when there is no such list within the actor's scope */
export async function readRounds(db: Db, actor: Actor, listId: string, query: Paging): Promise<Page<Round>> {
  authoriseRead(actor, 'payments.read');
  authoriseRead(actor, 'payments.read', scopeOf(await listById(db, listId)));
  const { limit, after = '0' } = pageRequest(query);
  if (!/^\d{1,3}$/.test(after)) throw cursorUnknown();
  return pageOfRounds(db, listId, limit, Number(after));
}

/** What waits for the signature of whoever asks, longest first. */
export async function readAwaited(db: Db, actor: Actor, now: Date, query: Paging): Promise<Page<AwaitedSignature>> {
  authoriseRead(actor, 'payments.read_awaited');
  const { limit, after } = pageRequest(query);
  const rows = await pageOfAwaited(db, actor.id, now, limit, after === undefined ? undefined : placeIn(after));
  return pageOf(rows, limit, ({ since, listId }) => `${since} ${listId}`);
}

function placeIn(after: string): { since: Date; listId: string } {
  const [since = '', listId = ''] = after.split(' ');
  if (!isId(listId) || Number.isNaN(Date.parse(since))) throw cursorUnknown();
  return { since: new Date(since), listId };
}

/** Which delegations `d` by grants `g` somebody sees whoever gave them: one that is good everywhere concerns every programme and fund. */
function overseen(actor: Actor): Sql {
  const name = 'payments.read_delegations';
  const own: readonly string[] = permissionNamed(name).own ?? [];
  const overseer = { ...actor, grants: actor.grants.filter(({ role }) => !own.includes(role)) };
  if (!mayRead(overseer, name)) return sql`false`;
  return scopeCondition(overseer, name, {
    programme: sql`any (select p.id from programmes p left join funds f on f.id = g.fund_id where p.id = coalesce(g.programme_id, f.programme_id, p.id))`,
    fund: sql`any (select f.id from funds f where f.id = coalesce(g.fund_id, f.id) and f.programme_id = coalesce(g.programme_id, f.programme_id))`,
  });
}

/** The delegations that whoever asks gave or was given, and for an auditor all within their scope; newest first. */
export async function readDelegations(db: Db, actor: Actor, query: Paging): Promise<Page<Delegation>> {
  authoriseRead(actor, 'payments.read_delegations');
  const { limit, after } = pageRequestById(query);
  return pageOfDelegations(db, { userId: actor.id, overseen: overseen(actor) }, limit, after);
}

/** Who could sign in the place of whoever asks. @throws not_found when they do not hold the role that they ask for */
export async function readColleagues(
  db: Db,
  actor: Actor,
  now: Date,
  { grantId, ...query }: Paging & { readonly grantId: string },
): Promise<Page<Colleague>> {
  authoriseRead(actor, 'payments.read_delegations');
  if (!(await grantToDelegate(db, actor.id, grantId, now))) throw problem.not_found(say('role_not_to_delegate'));
  const { limit, after } = pageRequestById(query);
  return pageOfColleagues(db, { grantId, userId: actor.id }, now, limit, after);
}
