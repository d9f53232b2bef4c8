import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, isId, type Page, pageOf, pageRequest, pageRequestById, problem } from '../../platform/index.ts';
import { listById, scopeOf } from '../queries.ts';
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
  if (!/^\d{1,3}$/.test(after)) throw foreignCursor();
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
  if (!isId(listId) || Number.isNaN(Date.parse(since))) throw foreignCursor();
  return { since: new Date(since), listId };
}

const foreignCursor = () =>
  problem.invalid_request('Leave out the cursor, or send one that this address gave you.', {}, [
    { pointer: '/query/cursor', detail: 'No page of this list ends here.' },
  ]);

/** The delegations that whoever asks gave or was given, newest first. */
export async function readDelegations(db: Db, actor: Actor, query: Paging): Promise<Page<Delegation>> {
  authoriseRead(actor, 'payments.read_delegations');
  const { limit, after } = pageRequestById(query);
  return pageOfDelegations(db, actor.id, limit, after);
}

/** Who could sign in the place of whoever asks. @throws not_found when they do not hold the role that they ask for */
export async function readColleagues(
  db: Db,
  actor: Actor,
  now: Date,
  { grantId, ...query }: Paging & { readonly grantId: string },
): Promise<Page<Colleague>> {
  authoriseRead(actor, 'payments.read_delegations');
  if (!(await grantToDelegate(db, actor.id, grantId, now))) throw problem.not_found('You hold no such role now, or it signs no lists.');
  const { limit, after } = pageRequestById(query);
  return pageOfColleagues(db, { grantId, userId: actor.id }, now, limit, after);
}
