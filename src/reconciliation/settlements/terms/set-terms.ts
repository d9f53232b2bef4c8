import { raiseAlert } from '../../../access/index.ts';
import { beginAgainOn, command, problem } from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import { termFaults } from './rules.ts';
import { findTerms, insertTerms } from './store.ts';
import type { NewPostTerms, PostTerms } from './types.ts';

/**
 * Says from where to where the money of settlements goes, and which fee was agreed on: a new version. Whoever could send money elsewhere by
 * it is watched: each change raises an alert, somebody else confirms other accounts before they are used, and somebody else sends the money.
 * @throws not_found; conflict when the terms have changed since the version named; unprocessable, naming the place
 */
export const setPostTerms = command<NewPostTerms & { readonly programmeId: string; readonly version: number }, PostTerms>({
  name: 'reconciliation.set_post_terms',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, { programmeId, version, ...terms }) {
    const before = await findTerms(tx, programmeId);
    if ((before?.version ?? 0) !== version) throw problem.conflict('Somebody changed the terms meanwhile. Read them again.');
    const { currency } = (await programmeById(tx, programmeId)).programme;
    const faults = termFaults(terms, currency);
    if (faults.length > 0) throw problem.unprocessable('The terms break a rule.', {}, faults);
    await insertTerms(tx, programmeId, terms, version + 1, actor.id, now).catch(
      beginAgainOn(['post_terms_version_once'], 'somebody else set the same terms'),
    );
    const result = await findTerms(tx, programmeId);
    if (!result) throw new Error('terms that were set are not there');
    await raiseAlert(tx, now, {
      kind: 'reconciliation.post_terms_set',
      subject: { type: 'programme', id: programmeId },
      by: actor.id,
      programmeId,
      facts: { version: result.version },
    });
    return { result, subject: { type: 'post_terms', id: programmeId }, before, after: result, reason: terms.reason };
  },
});
