import { brokenConstraint, command, type Db, problem } from '../../platform/index.ts';
import { findAlert, setSeen } from '../alert-store.ts';
import type { Alert } from '../types.ts';
import { say } from '../words.ts';

async function alertWith(db: Db, id: string): Promise<Alert> {
  const alert = await findAlert(db, id);
  if (!alert) throw problem.not_found('There is no such record.');
  return alert;
}

/** Puts an alert away that somebody has seen to. @throws not_found; forbidden to whoever caused it; conflict when it was seen already */
export const markAlertSeen = command<{ alertId: string }, Alert>({
  name: 'access.mark_alert_seen',
  scope: async (db, { alertId }) => ({ programme: (await alertWith(db, alertId)).programmeId ?? undefined }),
  async run({ tx, actor, now }, { alertId }) {
    const before = await alertWith(tx, alertId);
    try {
      if (!(await setSeen(tx, alertId, actor.id, now))) throw problem.conflict(say('alert_seen'));
    } catch (error) {
      if (brokenConstraint(error) === 'alerts_seen_by_another') {
        throw problem.forbidden(say('alert_of_oneself'));
      }
      throw error;
    }
    const after: Alert = { ...before, seenBy: actor.id, seenAt: now.toISOString() };
    return { result: after, subject: { type: 'alert', id: alertId }, before, after };
  },
});
