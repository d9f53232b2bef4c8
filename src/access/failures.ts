import type { Tx } from '../platform/index.ts';
import { raiseAlert, raiseAlertOnce } from './alerts.ts';
import { STRANGER } from './device-token.ts';
import { accountsTriedSince, type Failures, setFailures, setTries } from './failure-store.ts';
import { ACCOUNTS_TO_ALERT, alertsAt, pauseAfter } from './rules.ts';

const HOUR_MS = 3_600_000;

/** Where a try came from, and what had come from there before. */
interface Tried extends Failures {
  readonly userId: string;
  readonly deviceId: string;
}

/**
 * Counts a failure to sign in, and has whoever comes from there wait: a device that the account knows by itself, strangers together. So a
 * stranger who knows every address keeps nobody out who signs in from where they did before. Many failures raise an alert.
 */
export async function countFailure(tx: Tx, now: Date, before: Tried): Promise<void> {
  const { userId, deviceId } = before;
  const [failures, tries] = [before.failures + 1, before.tries + 1];
  const pause = pauseAfter(failures);
  await setFailures(tx, userId, deviceId, { failures, tries, pausedUntil: pause > 0 ? new Date(now.getTime() + pause) : null }, now);
  await alertOnGuessing(tx, now, before, tries);
  // Those who try many accounts at the same time do not see one another, so it is looked again at each failure and not at the first alone.
  const accounts = deviceId === STRANGER ? await accountsTriedSince(tx, new Date(now.getTime() - HOUR_MS)) : 0;
  if (accounts >= ACCOUNTS_TO_ALERT) {
    const subject = { type: 'platform', id: 'sign_in' };
    await raiseAlertOnce(tx, now, HOUR_MS, { kind: 'access.many_accounts_tried', subject, facts: { accounts } });
  }
}

/** Counts a try that was made during a pause. */
export async function countTry(tx: Tx, now: Date, before: Tried): Promise<void> {
  const tries = before.tries + 1;
  await setTries(tx, before.userId, before.deviceId, tries);
  await alertOnGuessing(tx, now, before, tries);
}

async function alertOnGuessing(tx: Tx, now: Date, { userId, deviceId }: Tried, tries: number): Promise<void> {
  if (!alertsAt(tries)) return;
  const from = deviceId === STRANGER ? 'strangers' : 'a known device';
  await raiseAlert(tx, now, { kind: 'access.guessing', subject: { type: 'user', id: userId }, facts: { tries, from } });
}
