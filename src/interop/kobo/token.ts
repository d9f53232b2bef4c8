import type { KeyRing, RoomColumns, UnderMaster } from '../../platform/index.ts';

const tokens = {
  table: 'kobo_connections',
  column: 'token',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `kobo_connection/${id}`,
  purpose: 'kobo-token',
} as const satisfies UnderMaster;

/** This room's columns of bytes. */
export const koboColumns: RoomColumns = { sealed: [tokens] };

/** How the token of a KoboToolbox account is kept: sealed, and good in its connection's row alone. */
export const sealToken = (keyRing: KeyRing, connectionId: string, token: string): Buffer =>
  keyRing.seal(tokens.purpose, tokens.place({ id: connectionId }), token);

export const openToken = (keyRing: KeyRing, connectionId: string, sealed: Buffer): string =>
  keyRing.open(tokens.purpose, tokens.place({ id: connectionId }), sealed);
