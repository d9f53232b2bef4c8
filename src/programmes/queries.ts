import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, dateIn, type Page, pageRequest, problem, sql } from '../platform/index.ts';
import { findOpenProgramme, findProgramme, pageOfProgrammes, type StoredProgramme } from './store.ts';
import type { Programme } from './types.ts';

/** @throws not_found when there is none, or none within the actor's scope */
export async function readProgramme(db: Db, actor: Actor, id: string): Promise<StoredProgramme> {
  authoriseRead(actor, 'programmes.read', { programme: id });
  return programmeById(db, id);
}

/** A programme, for the rooms above. @throws not_found */
export async function programmeById(db: Db, id: string): Promise<StoredProgramme> {
  const found = await findProgramme(db, id);
  if (!found) throw problem.not_found('There is no such programme.');
  return found;
}

/**
 * A programme in which people may register themselves today.
 * @throws not_found, in the same words, when there is none of this code, or it is closed, over or not begun
 */
export async function openProgramme(db: Db, code: string, now: Date): Promise<Programme> {
  const programme = await findOpenProgramme(db, code);
  const today = programme && dateIn(programme.timeZone, now);
  if (!programme || !today || today < programme.startsOn || today > programme.endsOn) {
    throw problem.not_found('No programme of this code takes self-registrations now. Look at the code again.');
  }
  return programme;
}

/** The programmes that an actor works in, by code. */
export async function listProgrammes(db: Db, actor: Actor, query: { limit?: number; cursor?: string }): Promise<Page<Programme>> {
  const { limit, after } = pageRequest(query);
  return pageOfProgrammes(db, scopeCondition(actor, 'programmes.read', { programme: sql`p.id` }), limit, after);
}
