import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem } from '../../platform/index.ts';
import { listById, scopeOf } from '../queries.ts';
import { findCancellation, pageOfCancellations } from './store.ts';
import type { Cancellation } from './types.ts';

/** A list's cancellations, newest first. @throws not_found when there is no such list within the actor's scope */
export async function readCancellations(
  db: Db,
  actor: Actor,
  listId: string,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<Cancellation>> {
  authoriseRead(actor, 'payments.read');
  authoriseRead(actor, 'payments.read', scopeOf(await listById(db, listId)));
  const { limit, after } = pageRequestById(query);
  return pageOfCancellations(db, listId, limit, after);
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readCancellation(db: Db, actor: Actor, id: string): Promise<Cancellation> {
  authoriseRead(actor, 'payments.read');
  const found = await findCancellation(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'payments.read', scopeOf(await listById(db, found.listId)));
  return found;
}
