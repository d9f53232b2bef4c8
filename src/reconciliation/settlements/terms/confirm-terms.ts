import { brokenConstraint, command, problem } from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import { findTerms, insertConfirmation } from './store.ts';
import type { PostTerms } from './types.ts';

/**
 * Confirms from where to where the post is paid: from now on money goes by this version. Whoever set it does not confirm it.
 * @throws not_found; conflict when it is not the last version, or was confirmed before; separation_of_duties
 */
export const confirmPostTerms = command<{ readonly programmeId: string; readonly version: number }, PostTerms>({
  name: 'reconciliation.confirm_post_terms',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, { programmeId, version }) {
    const before = await findTerms(tx, programmeId);
    if (!before) throw problem.not_found('Nothing has been set yet.');
    if (before.version !== version) throw problem.conflict('Somebody changed the terms meanwhile. Read them again.');
    await insertConfirmation(tx, programmeId, version, actor.id, now).catch((error) => {
      if (brokenConstraint(error) === 'post_terms_confirmed_once') throw problem.conflict('These terms were confirmed already.');
      throw error;
    });
    const result = (await findTerms(tx, programmeId, version)) ?? before;
    return { result, subject: { type: 'post_terms', id: programmeId }, before, after: result };
  },
});
