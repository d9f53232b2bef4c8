import { randomBytes } from 'node:crypto';
import type { KeyRing } from '../platform/index.ts';

/** How many codes somebody is given at a time. */
export const RECOVERY_CODES = 10;

// Crockford's alphabet: thirty-two signs of which no two are taken for one another.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 16;

/** New codes of 80 random bits each, written as `7d3k-m0qx-w4tz-9rnv`. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    Array.from(randomBytes(LENGTH), (byte) => alphabet[byte % alphabet.length])
      .join('')
      .replace(/.{4}(?=.)/g, '$&-'),
  );

/** The letters and digits of a code, as somebody may type them. */
const plain = (typed: string): string =>
  typed
    .toLowerCase()
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
    .replaceAll(/[^0-9a-z]/g, '');

/** What is kept of a code: an HMAC, good for this user alone. */
export const recoveryDigest = (keyRing: KeyRing, userId: string, code: string): Buffer =>
  keyRing.blindIndex('recovery-code', `${userId}/${plain(code)}`);
