import { randomInt } from 'node:crypto';
import { dammDigit, equalSecrets, hotp, type KeyRing, newId, type UnderMaster } from '../../platform/index.ts';
import type { Kept } from './types.ts';

const CODE_DIGITS = 6;

type Source = Pick<Kept, 'id' | 'keyVersion' | 'codeCounter'>;

/** A new reference: nine random digits and their Damm digit. */
export function newReference(): string {
  const digits = String(randomInt(1_000_000_000)).padStart(9, '0');
  return digits + dammDigit(digits);
}

/** The code that proves a telephone: HOTP, derived whenever it is needed. It must not be stored, logged or queued. @returns six digits */
export const codeOf = (keyRing: KeyRing, { id, keyVersion, codeCounter }: Source): string =>
  hotp(keyRing.derive(keyVersion, 'self-registration-code', id), codeCounter, CODE_DIGITS);

/** Whether typed digits are the code, compared in constant time. Without a self-registration it is false, and takes as long. */
export function isCodeOf(keyRing: KeyRing, kept: Source | undefined, digits: string): boolean {
  const source = kept ?? { id: newId(), keyVersion: keyRing.currentVersion, codeCounter: 0 };
  return keyRing.has(source.keyVersion) && equalSecrets(codeOf(keyRing, source), digits) && kept !== undefined;
}

/** With this whoever has proved their telephone sees how far it is. It is derived too, and stands nowhere. */
export const statusToken = (keyRing: KeyRing, id: string): string =>
  keyRing.blindIndex('self-registration-status', id).toString('base64url');

/** Whether a token belongs to a self-registration, compared in constant time. */
export const isStatusTokenOf = (keyRing: KeyRing, kept: Pick<Kept, 'id'> | undefined, token: string): boolean =>
  equalSecrets(statusToken(keyRing, kept?.id ?? newId()), token) && kept !== undefined;

export const contents = {
  table: 'self_registrations',
  column: 'content',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `self-registration/${id}`,
  purpose: 'self-registration',
} as const satisfies UnderMaster;

/** Seals what somebody wrote, for the row of this id alone. */
export const sealContent = (keyRing: KeyRing, id: string, content: unknown): Buffer =>
  keyRing.seal(contents.purpose, contents.place({ id }), JSON.stringify(content));

/** Opens what {@link sealContent} made. */
export const openContent = (keyRing: KeyRing, id: string, sealed: Buffer): unknown =>
  JSON.parse(keyRing.open(contents.purpose, contents.place({ id }), sealed));
