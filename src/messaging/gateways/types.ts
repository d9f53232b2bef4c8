import type { components } from '../../contract/api.ts';

/** A gateway as it is shown: without what opens it. */
export type GatewayRecord = components['schemas']['Gateway'];
export type GatewayKind = GatewayRecord['kind'];
export type NewGateway = components['schemas']['NewGateway'];
export type GatewayChange = components['schemas']['GatewayChange'];

/** A gateway with its version. */
export interface ShownGateway {
  readonly gateway: GatewayRecord;
  readonly version: number;
}

/** A gateway as it is kept. */
export interface StoredGateway extends ShownGateway {
  /** Sealed. */
  readonly credentials: Buffer;
}
