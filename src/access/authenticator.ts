import type { CommandContext } from '../platform/index.ts';
import { beginEnrolment, endEnrolment, lockEnrolment } from './enrolment-store.ts';
import { accessProblem } from './problems.ts';
import { newRecoveryCodes, recoveryDigest } from './recovery-codes.ts';
import { replaceRecoveryCodes } from './recovery-store.ts';
import { matchingStep, newTotpSecret, totpEnrolment } from './totp.ts';
import { openPendingSecret, sealPendingSecret, sealTotpSecret } from './totp-secret.ts';
import type { TotpEnrolment } from './types.ts';
import { say } from './words.ts';

/** How long somebody may take to confirm an authenticator that they were shown the secret of. */
const ENROLMENT_MS = 3_600_000;

/** Begins to set up an authenticator. @returns what is shown this once */
export async function enrol({ tx, now, keyRing }: CommandContext, userId: string, email: string): Promise<TotpEnrolment> {
  const secret = newTotpSecret();
  await beginEnrolment(tx, userId, sealPendingSecret(keyRing, userId, secret), now);
  return totpEnrolment(email, secret);
}

/** An authenticator that was set up, and the step of the code that shows it. */
export interface Confirmed {
  readonly sealedSecret: Buffer;
  readonly step: number;
}

/** The authenticator that is being set up, when a code is one of its own. @returns null when it is not, or none was begun lately */
export async function confirmed({ tx, now, keyRing }: CommandContext, userId: string, totp: string): Promise<Confirmed | null> {
  const sealedSecret = await lockEnrolment(tx, userId, new Date(now.getTime() - ENROLMENT_MS));
  const secret = sealedSecret && openPendingSecret(keyRing, userId, sealedSecret);
  const step = secret ? matchingStep(secret, totp, now) : null;
  if (!secret || step === null) return null;
  await endEnrolment(tx, userId);
  return { sealedSecret: sealTotpSecret(keyRing, userId, secret), step };
}

/** What is said to a code that is not of the authenticator that is being set up. */
export const codeRefused = () => accessProblem.second_factor_refused(say('authenticator_unconfirmed'));

/** Puts new recovery codes in the place of somebody's old ones. @returns the codes, which are kept nowhere */
export async function giveRecoveryCodes({ tx, now, keyRing }: CommandContext, userId: string): Promise<string[]> {
  const codes = newRecoveryCodes();
  const digests = codes.map((code) => recoveryDigest(keyRing, userId, code));
  await replaceRecoveryCodes(tx, userId, digests, now);
  return codes;
}
