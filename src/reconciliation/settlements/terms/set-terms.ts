import { raiseAlert } from '../../../access/index.ts';
import { beginAgainOn, command, dateIn, problem } from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import { isSameTariff, termFaults } from './rules.ts';
import { findTerms, insertTerms } from './store.ts';
import type { NewPostTerms, PostTerms } from './types.ts';

/**
 * Says from where to where the money of settlements goes, and which fee was agreed on: a new version. Whoever could send money elsewhere by
 * it is watched: each change raises an alert, somebody else confirms other accounts, and another tariff, before they are used, and somebody else
 * sends the money.
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
    const { currency, timeZone, startsOn } = (await programmeById(tx, programmeId)).programme;
    const faults = termFaults(terms, currency);
    if (faults.length > 0) throw problem.unprocessable('The terms break a rule.', {}, faults);
    const changesOn = !before ? startsOn : isSameTariff(before.tariff, terms.tariff) ? before.tariffFrom : dateIn(timeZone, now);
    const tariffFrom = terms.tariffFrom ?? changesOn;
    await insertTerms(tx, programmeId, { ...terms, tariffFrom }, version + 1, actor.id, now).catch(
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
