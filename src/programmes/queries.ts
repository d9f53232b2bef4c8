import { mayRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, dateIn, type Page, pageRequest, problem, sql } from '../platform/index.ts';
import { codesOf, findOpenProgramme, findProgramme, findVersion, pageOfProgrammes, pageOfVersions, type StoredProgramme } from './store.ts';
import type { Programme, ProgrammeVersion } from './types.ts';
import { say } from './words.ts';

// A role that is granted for a fund reaches the programme that the fund is of.
const columns = { programme: sql`p.id`, fund: sql`any (select f.id from funds f where f.programme_id = p.id)` };

/** @throws not_found when there is none, or none within the actor's scope */
export async function readProgramme(db: Db, actor: Actor, id: string): Promise<StoredProgramme> {
  const found = await findProgramme(db, id, scopeCondition(actor, 'programmes.read', columns));
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** A programme, for the rooms above. @throws not_found */
export async function programmeById(db: Db, id: string): Promise<StoredProgramme> {
  const found = await findProgramme(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** A programme with the terms of one of its versions, for what was made under it. @throws not_found */
export async function programmeAt(db: Db, id: string, version: number): Promise<StoredProgramme> {
  const found = await findVersion(db, id, version);
  if (!found) throw problem.not_found('There is no such record.');
  return { programme: found.programme, version: found.version };
}

export type ProgrammeAtVersion = ProgrammeVersion & { readonly programme: Programme };

/** A version, who made it and why, and its terms. @throws not_found when there is none, or none within the actor's scope */
export async function readVersion(db: Db, actor: Actor, id: string, number: number): Promise<ProgrammeAtVersion> {
  await readProgramme(db, actor, id);
  const found = await findVersion(db, id, number);
  if (!found) throw problem.not_found('There is no such record.');
  return { ...found.made, programme: found.programme };
}

/** A programme's versions, newest first. @throws not_found when there is no such programme within the actor's scope */
export async function readVersions(
  db: Db,
  actor: Actor,
  id: string,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<ProgrammeVersion>> {
  await readProgramme(db, actor, id);
  const { limit, after } = pageRequest(query, (key) => /^\d{1,9}$/.test(key));
  return pageOfVersions(db, id, limit, after === undefined ? undefined : Number(after));
}

/**
 * A programme in which people may register themselves today.
 * @throws not_found, in the same words, when there is none of this code, or it is closed, over or not begun
 */
export async function openProgramme(db: Db, code: string, now: Date): Promise<Programme> {
  const programme = await findOpenProgramme(db, code);
  const today = programme && dateIn(programme.timeZone, now);
  if (!programme || !today || today < programme.startsOn || today > programme.endsOn) {
    throw problem.not_found(say('programme_not_open'));
  }
  return programme;
}

/** Which of these programmes an actor may know of, with their codes; none when no role or key of theirs reads programmes at all. */
export async function programmesKnownTo(db: Db, actor: Actor, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (!mayRead(actor, 'programmes.read')) return new Map();
  const codes = await codesOf(db, ids, scopeCondition(actor, 'programmes.read', columns));
  return new Map(codes.map(({ id, code }) => [id, code]));
}

/** The programmes that an actor works in, by code. */
export async function listProgrammes(db: Db, actor: Actor, query: { limit?: number; cursor?: string }): Promise<Page<Programme>> {
  const { limit, after } = pageRequest(query);
  return pageOfProgrammes(db, scopeCondition(actor, 'programmes.read', columns), limit, after);
}
