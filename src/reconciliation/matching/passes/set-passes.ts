import type { components } from '../../../contract/api.ts';
import { beginAgainOn, command, problem } from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import type { Pass, PassSet } from '../types.ts';
import { passFaults } from './rules.ts';
import { findPasses, insertPasses } from './store.ts';

/** Passes as somebody writes them. */
type Given = components['schemas']['NewMatchingPasses'];

/** What a pass is where its author left it out. */
const unstated = { quotes: false, serial: false, tolerance: '0', days: null, office: false, document: false, sums: null } as const;

/**
 * Sets how a programme's lines find what they are of ours: a new version of all passes.
 * @throws not_found; conflict when they changed since; unprocessable for a pass that would match anything
 */
export const setPasses = command<Given & { readonly programmeId: string; readonly version: number }, PassSet>({
  name: 'reconciliation.set_passes',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, { programmeId, version, reason, passes: given }) {
    const before = await findPasses(tx, programmeId);
    if (before?.version !== version) throw problem.conflict('Somebody changed the passes meanwhile. Read them again.');
    const passes = given.map((pass): Pass => ({ ...unstated, ...pass }));
    const faults = passFaults(passes);
    if (faults.length > 0) throw problem.unprocessable('The passes break a rule.', {}, faults);
    await insertPasses(tx, { programmeId, version: version + 1, reason, setBy: actor.id, setAt: now.toISOString(), passes }).catch(
      beginAgainOn(['matching_pass_sets_version_once'], 'somebody else set the passes'),
    );
    const after = await findPasses(tx, programmeId);
    if (!after) throw new Error('passes that were set are not there');
    return { result: after, subject: { type: 'matching_passes', id: programmeId }, before, after, reason };
  },
});
