import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem } from '../../platform/index.ts';
import { findConnection, pageOfConnections, type StoredConnection } from './store.ts';
import type { KoboConnection } from './types.ts';

/** @throws not_found when there is none, or none within the actor's scope */
export async function readConnection(db: Db, actor: Actor, id: string): Promise<StoredConnection> {
  authoriseRead(actor, 'interop.read');
  const found = await findConnection(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'interop.read', { programme: found.connection.programmeId });
  return found;
}

/** The connections of a programme, those that have ended among them. */
export async function listConnections(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<KoboConnection>> {
  authoriseRead(actor, 'interop.read', { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfConnections(db, programmeId, limit, after);
}
