import type { Tx } from '../../platform/index.ts';
import { raiseAlert } from '../alerts.ts';
import { useChallenge } from '../challenges.ts';
import { endPasskey, moveCounter } from './store.ts';
import type { PasskeyAnswer } from './types.ts';

/**
 * Uses up the challenge that was signed, whether the answer is right or not: a challenge is answered once.
 * @returns whether the challenge was given for this, and its signer is this user
 */
export async function isAnswerOf(tx: Tx, now: Date, userId: string, { asked, challenge, signer }: PasskeyAnswer): Promise<boolean> {
  const isOurs = await useChallenge(tx, now, asked, challenge);
  return isOurs && signer?.userId === userId;
}

/**
 * Takes an answer to a challenge as a second factor. An authenticator that has not counted on may be a copy of another: its passkey ends, and
 * an administrator is told.
 * @returns false when the passkey has ended, or does by this
 */
export async function acceptPasskey(tx: Tx, now: Date, { signer }: PasskeyAnswer): Promise<boolean> {
  if (!signer) return false;
  const { passkeyId, userId, signCount } = signer;
  if (await moveCounter(tx, passkeyId, signCount, now)) return true;
  if (await endPasskey(tx, userId, passkeyId, now)) {
    await raiseAlert(tx, now, {
      kind: 'access.passkey_copied',
      subject: { type: 'user', id: userId },
      by: userId,
      facts: { passkeyId, signCount },
    });
  }
  return false;
}
