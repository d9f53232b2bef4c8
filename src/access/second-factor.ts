import type { KeyRing, Tx } from '../platform/index.ts';
import { acceptPasskey, isAnswerOf } from './passkeys/accept.ts';
import { hasPasskey } from './passkeys/store.ts';
import type { Assertion, PasskeyAnswer } from './passkeys/types.ts';
import { recoveryDigest } from './recovery-codes.ts';
import { takeRecoveryCode } from './recovery-store.ts';
import { type StoredCredentials, takeStep } from './store.ts';
import { matchingStep, newTotpSecret } from './totp.ts';
import { openTotpSecret } from './totp-secret.ts';

/** What somebody gives beside their password: one of these. */
export interface SecondFactor {
  readonly totp?: string | undefined;
  readonly recoveryCode?: string | undefined;
  readonly passkey?: Assertion | undefined;
}

/** A second factor that may be somebody's, and what has to be used up for it to count. */
export type ProvenFactor =
  | { readonly kind: 'totp'; readonly step: number }
  | { readonly kind: 'recovery_code'; readonly digest: string }
  | { readonly kind: 'passkey'; readonly answer: PasskeyAnswer };

/**
 * Looks at a second factor before anything is changed. Nobody's takes as long as somebody's.
 * @param answer what was found out about the passkey, when one was given
 * @returns null when it is not this user's
 */
export function secondFactorOf(
  keyRing: KeyRing,
  kept: Pick<StoredCredentials, 'id' | 'sealedSecret'> | undefined,
  { totp = '', recoveryCode }: SecondFactor,
  now: Date,
  answer?: PasskeyAnswer,
): ProvenFactor | null {
  if (answer) return { kind: 'passkey', answer };
  if (recoveryCode !== undefined) {
    const digest = recoveryDigest(keyRing, kept?.id ?? '', recoveryCode).toString('hex');
    return kept ? { kind: 'recovery_code', digest } : null;
  }
  const step = matchingStep(kept?.sealedSecret ? openTotpSecret(keyRing, kept.id, kept.sealedSecret) : newTotpSecret(), totp, now);
  return step === null || !kept?.sealedSecret ? null : { kind: 'totp', step };
}

/**
 * Uses a second factor up: each is good once. Whoever has a passkey gives no code of an authenticator: a code can be coaxed out of somebody, an
 * answer of a passkey cannot.
 * @returns false when it was used before, or is nobody's
 */
export async function useUp(tx: Tx, userId: string, factor: ProvenFactor, now: Date): Promise<boolean> {
  switch (factor.kind) {
    case 'totp':
      return !(await hasPasskey(tx, userId)) && takeStep(tx, userId, factor.step);
    case 'recovery_code':
      return takeRecoveryCode(tx, userId, factor.digest, now);
    case 'passkey':
      return (await isAnswerOf(tx, now, userId, factor.answer)) && acceptPasskey(tx, now, factor.answer);
  }
}
