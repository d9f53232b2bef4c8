import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, problem } from '../platform/index.ts';
import { allWilayas, findOffice, pageOfOffices } from './store.ts';
import type { Office, Wilaya } from './types.ts';

// Where post offices are is no secret among staff: reading them asks for the role, whatever its scope.

/** @throws not_found */
export async function readOffice(db: Db, actor: Actor, id: string): Promise<{ office: Office; version: number }> {
  authoriseRead(actor, 'offices.read');
  const found = await findOffice(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** Offices by code. */
export async function listOffices(
  db: Db,
  actor: Actor,
  query: { wilaya?: string; limit?: number; cursor?: string },
): Promise<Page<Office>> {
  authoriseRead(actor, 'offices.read');
  const { limit, after } = pageRequest(query);
  return pageOfOffices(db, query.wilaya, limit, after);
}

/** Every wilaya, by number. */
export async function listWilayas(db: Db, actor: Actor): Promise<{ items: Wilaya[]; nextCursor: null }> {
  authoriseRead(actor, 'offices.read');
  return { items: await allWilayas(db), nextCursor: null };
}
