import { randomInt } from 'node:crypto';
import { dammDigit, equalSecrets, type KeyRing, newId } from '../platform/index.ts';

/** Crockford's base 32: no letter that is taken for another or for a digit. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;

/** A new reference: nine random digits and their Damm digit. */
export function newReference(): string {
  const digits = String(randomInt(1_000_000_000)).padStart(9, '0');
  return digits + dammDigit(digits);
}

/** With this whoever told us something looks up what came of it: 40 bits, derived from the case and kept nowhere. @returns `XXXX-XXXX` */
export function secretOf(keyRing: KeyRing, caseId: string): string {
  const digest = keyRing.blindIndex('feedback-secret', caseId);
  const text = Array.from({ length: LENGTH }, (_, i) => letters[(digest[i] ?? 0) % letters.length]).join('');
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

/** Whether a secret is that of a case, compared in constant time, however it was typed. Without a case it is false, and takes as long. */
export function isSecretOf(keyRing: KeyRing, caseId: string | undefined, given: string): boolean {
  const plain = given
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  const right = secretOf(keyRing, caseId ?? newId()).replace('-', '');
  return equalSecrets(right, plain) && caseId !== undefined;
}
