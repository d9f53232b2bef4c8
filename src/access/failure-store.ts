import { sql, type Tx } from '../platform/index.ts';
import { STRANGER } from './device-token.ts';

export interface Failures {
  readonly failures: number;
  readonly tries: number;
  readonly pausedUntil: Date | null;
}

/**
 * Failures to sign in as a user from one device, or of all strangers. Tries from there pass here one after another, and no other try waits.
 * @param forgottenBefore failures that ended before it count no more
 */
export async function lockFailures(tx: Tx, userId: string, deviceId: string, now: Date, forgottenBefore: Date): Promise<Failures> {
  const row = await tx.first<Failures>(sql`insert into sign_in_failures as f (user_id, device_id, failures, tries, last_at)
    values (${userId}, ${deviceId}, 0, 0, ${now})
    on conflict (user_id, device_id) do update set
      failures = case when f.last_at < ${forgottenBefore} then 0 else f.failures end,
      tries = case when f.last_at < ${forgottenBefore} then 0 else f.tries end
    returning failures, tries, paused_until as "pausedUntil"`);
  return row ?? { failures: 0, tries: 0, pausedUntil: null };
}

/** Keeps the count of a try that was looked at and came to nothing. */
export async function setFailures(
  tx: Tx,
  userId: string,
  deviceId: string,
  { failures, tries, pausedUntil }: Failures,
  now: Date,
): Promise<void> {
  await tx.run(sql`update sign_in_failures set failures = ${failures}, tries = ${tries}, paused_until = ${pausedUntil}, last_at = ${now}
    where user_id = ${userId} and device_id = ${deviceId}`);
}

/** Keeps the count of a try that was made during a pause. It makes the pause no longer, and is forgotten no later. */
export async function setTries(tx: Tx, userId: string, deviceId: string, tries: number): Promise<void> {
  await tx.run(sql`update sign_in_failures set tries = ${tries} where user_id = ${userId} and device_id = ${deviceId}`);
}

/** Forgets the failures of a device that has signed in. Those of strangers stay: one of them may be the user, and another not. */
export async function forgetFailures(tx: Tx, userId: string, deviceId: string): Promise<void> {
  await tx.run(sql`delete from sign_in_failures where user_id = ${userId} and device_id = ${deviceId}
    and (device_id <> ${STRANGER} or failures = 0)`);
}

/** How many accounts strangers have tried in vain since an instant. */
export async function accountsTriedSince(tx: Tx, since: Date): Promise<number> {
  const row = await tx.first<{ n: number }>(sql`select count(*)::int as n from sign_in_failures
    where device_id = ${STRANGER} and failures > 0 and last_at > ${since}`);
  return row?.n ?? 0;
}
