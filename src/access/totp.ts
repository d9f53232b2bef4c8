import { generateSecret, generateSync, generateURI, verifySync } from 'otplib';
import { otpCrypto as crypto } from '../platform/index.ts';
import type { TotpEnrolment } from './types.ts';

const PERIOD_S = 30;

// What every authenticator application understands (RFC 6238 with SHA-1, 6 digits, 30 seconds).
const options = { crypto, algorithm: 'sha1', digits: 6, period: PERIOD_S } as const;

const secondsAt = (instant: Date): number => Math.floor(instant.getTime() / 1000);

/** A new shared secret of 160 bits, in Base32. */
export const newTotpSecret = (): string => generateSecret({ crypto });

/** What a person sets up an authenticator with. @param secret Base32 */
export const totpEnrolment = (email: string, secret: string): TotpEnrolment => ({
  secret,
  uri: generateURI({ issuer: 'Sanad', label: email, secret }),
});

/** The code that an authenticator shows at an instant (RFC 6238). @param secret Base32 @returns six digits */
export const totpCode = (secret: string, at: Date): string => generateSync({ ...options, secret, epoch: secondsAt(at) });

/**
 * The time step that a code belongs to, when that is the current one or a neighbour of it.
 * @param secret Base32
 * @returns the number of the step since 1970, or null when the code is wrong
 */
export function matchingStep(secret: string, code: string, now: Date): number | null {
  const epoch = secondsAt(now);
  const match = verifySync({ ...options, secret, token: code, epoch, epochTolerance: PERIOD_S });
  return match.valid ? Math.floor(epoch / PERIOD_S) + match.delta : null;
}
