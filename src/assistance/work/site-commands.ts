import { brokenConstraint, command, type Db, newId, type ProblemPlace, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { say } from '../words.ts';
import { siteById } from './site-queries.ts';
import { insertSite, lockSite, missingOf, updateSite } from './site-store.ts';
import type { NewSite, Site, SiteChange, StoredSite } from './types.ts';

async function requireKnown(
  db: Db,
  { wilayaNumber, supervisorId }: { wilayaNumber?: string | undefined; supervisorId?: string | undefined },
) {
  const missing = await missingOf(db, wilayaNumber ?? null, supervisorId ?? null);
  const faults: ProblemPlace[] = [
    ...(missing.wilaya ? [{ pointer: '/wilayaNumber', detail: say('site_wilaya_none') }] : []),
    ...(missing.supervisor ? [{ pointer: '/supervisorId', detail: say('supervisor_none') }] : []),
  ];
  if (faults.length > 0) throw problem.unprocessable(say('site_points_nowhere'), {}, faults);
}

/** Opens a site. @throws not_found; unprocessable when it points at what is not there; conflict when the programme has a site of that name */
export const createSite = command<{ programmeId: string; site: NewSite }, Site>({
  name: 'assistance.create_site',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, site: given }) {
    await programmeById(tx, programmeId);
    await requireKnown(tx, given);
    const site: Site = { id: newId(), programmeId, ...given, isOpen: true };
    try {
      await insertSite(tx, site, actor.id, now);
    } catch (error) {
      if (brokenConstraint(error) !== 'work_sites_programme_id_name_key') throw error;
      throw problem.conflict(say('site_name_taken'));
    }
    return { result: site, subject: { type: 'work_site', id: site.id }, after: site };
  },
});

/** Changes what a site takes, who answers for it, or whether it is open. @throws not_found; conflict when it has changed since it was read */
export const changeSite = command<{ siteId: string; version: number; change: SiteChange }, StoredSite>({
  name: 'assistance.change_site',
  scope: async (db, { siteId }) => ({ programme: (await siteById(db, siteId)).site.programmeId }),
  async run({ tx }, { siteId, version, change }) {
    const before = await lockSite(tx, siteId);
    await requireKnown(tx, { supervisorId: change.supervisorId });
    const result = await updateSite(tx, siteId, version, change);
    if (!result) throw problem.conflict(say('site_changed'));
    return { result, subject: { type: 'work_site', id: siteId }, before: before?.site, after: result.site };
  },
});
