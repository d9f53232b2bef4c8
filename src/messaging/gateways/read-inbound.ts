import type { Db } from '../../platform/index.ts';
import type { Report } from './door.ts';
import type { InboundMessage } from './gateway.ts';
import type { Gateways } from './registry.ts';
import { findGateway } from './store.ts';
import { whole } from './whole.ts';

/** A request that came to the door of a gateway, still to be read. */
export interface InboundRequest {
  readonly contentType: string;
  readonly bytes: AsyncIterable<Buffer>;
}

/** Reads what a gateway hands over. @returns undefined when there is no such gateway, nobody has confirmed it, or it is not who asks */
export type ReadInbound = (
  gatewayId: string,
  request: InboundRequest,
  headers: Report['headers'],
  address: string,
) => Promise<InboundMessage[] | undefined>;

export const inboundReader =
  (db: Db, gateways: Gateways): ReadInbound =>
  async (gatewayId, { contentType, bytes }, headers, address) => {
    const stored = await findGateway(db, gatewayId);
    return stored && gateways.readInbound(stored, { contentType, body: await whole(bytes), headers, address });
  };
