import { randomBytes } from 'node:crypto';
import { type Db, type KeyRing, sql, type Tx } from '../platform/index.ts';

const CHALLENGE_BYTES = 32;

/** How long somebody may take to sign what they were asked to. */
export const CHALLENGE_LIFE_MS = 2 * 60_000;

export type ChallengePurpose =
  | 'passkey_registration'
  | 'passkey_sign_in'
  | 'passkey_step_up'
  | 'device_enrolment'
  | 'device_sign_in'
  | 'device_step_up';

/** Who is asked to sign, and what for: a challenge is good there and nowhere else. */
export interface Asked {
  readonly purpose: ChallengePurpose;
  /** What {@link boundTo} made. */
  readonly boundTo: Buffer;
}

/** A challenge on its way to whoever is to sign it. */
export interface Challenge {
  readonly bytes: Buffer;
  readonly expiresAt: Date;
}

/** By what a challenge is tied to one session, device or sign-in attempt, without saying which. */
export const boundTo = (keyRing: KeyRing, kind: 'session' | 'device' | 'email', id: string): Buffer =>
  keyRing.blindIndex('challenge', `${kind}/${id}`);

/** Something to sign that nobody can foresee. @param now from when on it counts, for two minutes */
export const newChallenge = (now: Date): Challenge => ({
  bytes: randomBytes(CHALLENGE_BYTES),
  expiresAt: new Date(now.getTime() + CHALLENGE_LIFE_MS),
});

/** Makes a challenge and remembers whom it was given to. */
export async function giveChallenge(tx: Tx, now: Date, { purpose, boundTo }: Asked): Promise<Challenge> {
  const challenge = newChallenge(now);
  await tx.run(sql`insert into challenges (challenge, purpose, bound_to, created_at, expires_at)
    values (${challenge.bytes}, ${purpose}, ${boundTo}, ${now}, ${challenge.expiresAt})`);
  return challenge;
}

/** Uses a challenge up. @returns false when it was not given for this, was used before or has expired */
export async function useChallenge(tx: Tx, now: Date, { purpose, boundTo }: Asked, challenge: Buffer): Promise<boolean> {
  const count = await tx.run(sql`update challenges set used_at = ${now}
    where challenge = ${challenge} and purpose = ${purpose} and bound_to = ${boundTo} and used_at is null and expires_at > ${now}`);
  return count === 1;
}

/** Whether there is any that {@link forgetChallenges} would forget. */
export const areChallengesOver = async (db: Db, now: Date): Promise<boolean> =>
  (await db.first(sql`select from challenges where expires_at <= ${now} limit 1`)) !== undefined;

/** Forgets challenges that nobody can use any more. @returns how many */
export const forgetChallenges = (tx: Tx, now: Date): Promise<number> => tx.run(sql`delete from challenges where expires_at <= ${now}`);
