import { command, problem } from '../../platform/index.ts';
import { raiseAlert } from '../alerts.ts';
import { lockKey, wasRaised } from '../key-alerts.ts';
import { markUsed } from '../key-store.ts';
import { hourOf } from '../rules.ts';

/** Notes, to the hour, that a key is in use: a key that nobody uses is one to revoke. */
export const noteKeyUse = command<{ keyId: string }, null>({
  name: 'access.note_key_use',
  scope: () => ({}),
  async run({ tx, now }, { keyId }) {
    await markUsed(tx, keyId, hourOf(now));
    return { result: null, subject: { type: 'api_key', id: keyId } };
  },
});

/** Why a true key opens nothing. */
export type KeyEnd = 'unconfirmed' | 'revoked' | 'disabled' | 'expired';

/** Raises an alert, once a day, that somebody has shown a key that is not good: a machine that was forgotten, a thief, or whoever made it alone. */
export const reportDeadKey = command<{ keyId: string; end: KeyEnd }, null>({
  name: 'access.report_dead_key',
  scope: () => ({}),
  async run({ tx, now }, { keyId, end }) {
    const subject = { type: 'api_key', id: keyId };
    const key = await lockKey(tx, keyId);
    if (!key) throw problem.not_found('There is no such key.');
    const kind = 'access.dead_key_used';
    const { prefix, programmeId } = key;
    if (!(await wasRaised(tx, kind, keyId, now)))
      await raiseAlert(tx, now, { kind, subject, programmeId: programmeId ?? undefined, facts: { end, prefix } });
    return { result: null, subject, reason: end };
  },
});

/** Raises an alert that a key ends soon, so that a machine does not fall silent unforeseen. */
export const warnOfEndingKey = command<{ keyId: string }, null>({
  name: 'access.warn_of_ending_key',
  scope: () => ({}),
  async run({ tx, now }, { keyId }) {
    const subject = { type: 'api_key', id: keyId };
    const key = await lockKey(tx, keyId);
    if (!key) throw problem.not_found('There is no such key.');
    const kind = 'access.key_ends_soon';
    const { prefix, programmeId, expiresAt } = key;
    if (!(await wasRaised(tx, kind, keyId, now)))
      await raiseAlert(tx, now, {
        kind,
        subject,
        programmeId: programmeId ?? undefined,
        facts: { prefix, endsAt: expiresAt.toISOString() },
      });
    return { result: null, subject };
  },
});
