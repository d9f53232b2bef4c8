import type { KeyRing, UnderMaster } from '../platform/index.ts';

export const totpSecrets = {
  table: 'users',
  column: 'totp_secret',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `user/${id}`,
  purpose: 'totp',
} as const satisfies UnderMaster;

/** How a user's TOTP secret is kept: sealed, and good in that user's row alone. */
export const sealTotpSecret = (keyRing: KeyRing, userId: string, secret: string): Buffer =>
  keyRing.seal(totpSecrets.purpose, totpSecrets.place({ id: userId }), secret);

/** @returns Base32 */
export const openTotpSecret = (keyRing: KeyRing, id: string, sealedSecret: Buffer): string =>
  keyRing.open(totpSecrets.purpose, totpSecrets.place({ id }), sealedSecret);

/** The secret of an authenticator that is being set up. It has a place of its own, so that it does not pass for one that counts. */
export const pendingSecrets = {
  table: 'totp_enrolments',
  column: 'totp_secret',
  key: 'user_id',
  bound: ['user_id'],
  place: ({ user_id }) => `totp_enrolment/${user_id}`,
  purpose: 'totp-enrolment',
} as const satisfies UnderMaster;

export const sealPendingSecret = (keyRing: KeyRing, userId: string, secret: string): Buffer =>
  keyRing.seal(pendingSecrets.purpose, pendingSecrets.place({ user_id: userId }), secret);

/** @returns Base32 */
export const openPendingSecret = (keyRing: KeyRing, userId: string, sealedSecret: Buffer): string =>
  keyRing.open(pendingSecrets.purpose, pendingSecrets.place({ user_id: userId }), sealedSecret);
