import type { KeyRing, RoomColumns, UnderMaster } from '../../platform/index.ts';
import type { Credentials } from './template.ts';

const credentials = {
  table: 'gateways',
  column: 'credentials',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `gateway/${id}`,
  purpose: 'gateway-credentials',
} as const satisfies UnderMaster;

/** This room's columns of bytes. */
export const messagingColumns: RoomColumns = { sealed: [credentials] };

/** How what opens a gateway is kept: sealed, and good in its row alone. */
export const sealCredentials = (keyRing: KeyRing, gatewayId: string, secrets: Credentials): Buffer =>
  keyRing.seal(credentials.purpose, credentials.place({ id: gatewayId }), JSON.stringify(secrets));

export const openCredentials = (keyRing: KeyRing, gatewayId: string, sealed: Buffer): Credentials =>
  JSON.parse(keyRing.open(credentials.purpose, credentials.place({ id: gatewayId }), sealed)) as Credentials;
