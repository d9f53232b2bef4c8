import type { KeyRing } from '../../platform/index.ts';

const place = (connectionId: string): string => `kobo_connection/${connectionId}`;

/** How the token of a KoboToolbox account is kept: sealed, and good in its connection's row alone. */
export const sealToken = (keyRing: KeyRing, connectionId: string, token: string): Buffer =>
  keyRing.seal('kobo-token', place(connectionId), token);

export const openToken = (keyRing: KeyRing, connectionId: string, sealed: Buffer): string =>
  keyRing.open('kobo-token', place(connectionId), sealed);
