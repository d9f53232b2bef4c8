import { raiseAlert } from '../../access/index.ts';
import { beginAgainOn, command, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { thresholdFaults } from '../rules.ts';
import { insertThreshold, thresholdsOf } from '../threshold-store.ts';
import type { NewThreshold, Threshold } from '../types.ts';

/**
 * Sets from which figures on something is a signal in a programme. Who could hide something by it is watched: each change raises an alert.
 * @throws not_found; unprocessable, naming what the kind goes by
 */
export const setThreshold = command<NewThreshold & { readonly programmeId: string }, Threshold>({
  name: 'signals.set_threshold',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, given) {
    const { programmeId, kind, reason } = given;
    const [before] = await thresholdsOf(tx, programmeId, kind);
    if (!before) throw problem.not_found('There is no such record.');
    const faults = thresholdFaults(given, before);
    if (faults.length > 0) throw problem.unprocessable('The figures break a rule.', {}, faults);
    await insertThreshold(tx, given, before.version + 1, actor.id, now).catch(
      beginAgainOn(['signal_thresholds_pkey'], 'somebody else set the same figures'),
    );
    const [after] = await thresholdsOf(tx, programmeId, kind);
    if (!after) throw new Error('figures that were set are not there');
    await raiseAlert(tx, now, {
      kind: 'signals.threshold_set',
      subject: { type: 'programme', id: programmeId },
      by: actor.id,
      programmeId,
      facts: { kind, version: after.version },
    });
    return { result: after, subject: { type: 'signal_threshold', id: `${programmeId}/${kind}` }, before, after, reason };
  },
});
