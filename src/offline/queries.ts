import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, sql } from '../platform/index.ts';
import { type ConflictFilter, pageOfConflicts } from './store/conflicts.ts';
import { pageOfLimits } from './store/limits.ts';
import { type PackFilter, packById, pageOfPacks, scopeOfPack } from './store/packs.ts';
import type { OfflineConflict, OfflineLimits, OfflinePack } from './types.ts';

type Paged = { limit?: number; cursor?: string };

/** A pack, without anybody's name. @throws not_found when there is none within the actor's scope */
export async function readPack(db: Db, actor: Actor, id: string): Promise<OfflinePack> {
  authoriseRead(actor, 'offline.read');
  authoriseRead(actor, 'offline.read', await scopeOfPack(db, id));
  return packById(db, id);
}

/** The packs of a programme within the actor's scope. @throws not_found */
export async function listPacks(db: Db, actor: Actor, programmeId: string, query: PackFilter & Paged): Promise<Page<OfflinePack>> {
  const columns = { programme: sql`k.programme_id`, office: sql`k.office_id` };
  const within = scopeCondition(actor, 'offline.read', columns, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfPacks(db, programmeId, query, within, limit, after);
}

/** The limits that were set in a programme. @throws not_found */
export async function listLimits(db: Db, actor: Actor, programmeId: string, query: Paged): Promise<Page<OfflineLimits>> {
  const within = scopeCondition(actor, 'offline.read_limits', { programme: sql`l.programme_id` }, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfLimits(db, programmeId, within, limit, after);
}

/** What devices reported in a programme and could not be booked. @throws not_found */
export async function listConflicts(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: ConflictFilter & Paged,
): Promise<Page<OfflineConflict>> {
  const columns = { programme: sql`c.programme_id`, office: sql`c.office_id` };
  const within = scopeCondition(actor, 'offline.read_conflicts', columns, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfConflicts(db, programmeId, query, within, limit, after);
}
