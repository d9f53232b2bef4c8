import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, problem } from '../../platform/index.ts';
import { findSite, pageOfSites } from './site-store.ts';
import type { Site, StoredSite } from './types.ts';

/** @throws not_found */
export async function siteById(db: Db, id: string): Promise<StoredSite> {
  const site = await findSite(db, id);
  if (!site) throw problem.not_found('There is no such record.');
  return site;
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readSite(db: Db, actor: Actor, siteId: string): Promise<StoredSite> {
  authoriseRead(actor, 'assistance.read');
  const stored = await siteById(db, siteId);
  authoriseRead(actor, 'assistance.read', { programme: stored.site.programmeId });
  return stored;
}

/** A programme's sites, by name. */
export async function listSites(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<Site>> {
  authoriseRead(actor, 'assistance.read', { programme: programmeId });
  const { limit, after } = pageRequest(query);
  return pageOfSites(db, programmeId, limit, after);
}
