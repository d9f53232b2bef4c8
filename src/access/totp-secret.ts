import type { KeyRing } from '../platform/index.ts';

const place = (userId: string): string => `user/${userId}`;

/** How a user's TOTP secret is kept: sealed, and good in that user's row alone. */
export const sealTotpSecret = (keyRing: KeyRing, userId: string, secret: string): Buffer => keyRing.seal('totp', place(userId), secret);

/** @returns Base32 */
export const openTotpSecret = (keyRing: KeyRing, { id, sealedSecret }: { id: string; sealedSecret: Buffer }): string =>
  keyRing.open('totp', place(id), sealedSecret);
