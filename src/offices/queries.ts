import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, problem } from '../platform/index.ts';
import { hoursOf } from './hours-store.ts';
import { limitsOf } from './limits-store.ts';
import { allWilayas, findOffice, pageOfOffices } from './store.ts';
import type { Office, OfficeHours, OfficeLimit, Wilaya } from './types.ts';

// Where post offices are is no secret among staff: reading them asks for the role, whatever its scope.

/** @throws not_found */
export async function readOffice(db: Db, actor: Actor, id: string): Promise<{ office: Office; version: number }> {
  authoriseRead(actor, 'offices.read');
  const found = await findOffice(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** When an office is open. @throws not_found */
export async function readHours(db: Db, actor: Actor, id: string, now: Date): Promise<{ hours: OfficeHours; version: number }> {
  authoriseRead(actor, 'offices.read');
  const found = await hoursOf(db, id, now);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** How much an office pays in a day and at once. @throws not_found when there is no such office within the actor's scope */
export async function readLimits(db: Db, actor: Actor, id: string): Promise<{ limits: OfficeLimit[]; version: number }> {
  authoriseRead(actor, 'offices.read_limits', { office: id });
  const { version } = await readOffice(db, actor, id);
  return { limits: await limitsOf(db, id), version };
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
