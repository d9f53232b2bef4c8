import { type Actor, command } from '../../platform/index.ts';
import { raiseAlertOnce } from '../alerts.ts';
import { countRefusals } from '../refusal-store.ts';
import { REFUSALS_AN_HOUR } from '../rules.ts';

const HOUR_MS = 3_600_000;

/** Keeps that somebody tried what is not theirs to do. As many in an hour as the trail takes of one actor raise an alert. */
export const noteRefusal = command<{ actorId: string; actorKind: Actor['kind']; command: string; code: string }, null>({
  name: 'access.note_refusal',
  scope: () => ({}),
  async run({ tx, now }, { actorId, actorKind, command: tried, code }) {
    const subject = { type: actorKind, id: actorId };
    const refusals = 1 + (await countRefusals(tx, actorId, new Date(now.getTime() - HOUR_MS)));
    if (refusals >= REFUSALS_AN_HOUR)
      await raiseAlertOnce(tx, now, HOUR_MS, { kind: 'access.many_refusals', subject, facts: { refusals, last: tried } });
    return { result: null, subject, reason: `${tried}: ${code}` };
  },
});
