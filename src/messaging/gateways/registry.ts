import type { KeyRing } from '../../platform/index.ts';
import { openCredentials } from './credentials.ts';
import type { Report } from './door.ts';
import type { Gateway, InboundMessage, Receipt } from './gateway.ts';
import { type Configured, kinds, type Surroundings } from './kinds.ts';
import { outboxGateway } from './outbox.ts';
import { readBody } from './pointer.ts';
import type { StoredGateway } from './types.ts';

/** How long what a gateway is busy with has to come to its end, after it has been replaced or switched off. */
const FAREWELL_MS = 30_000;

/** The gateways of this process, opened when they are needed. */
export interface Gateways {
  /** The gateway that a record describes. One whose record has changed is opened anew. */
  of(stored: StoredGateway): Gateway;
  /** Listens to those that are switched on and report on a connection of ours, and lets go of those that are not any more. */
  attend(enabled: readonly StoredGateway[]): void;
  /** One for a single message, that the caller closes. */
  apart(stored: StoredGateway): Gateway;
  /** What stands in where nothing is configured; undefined where codes may not stand in a file. */
  readonly outbox: Gateway | undefined;
  /** What a report says; undefined when it is not the gateway's, or nobody has confirmed how one tells that it is. */
  read(stored: StoredGateway, report: Report): Receipt[] | undefined;
  /** The messages that a request hands over; undefined as for {@link read}. */
  readInbound(stored: StoredGateway, request: Report): InboundMessage[] | undefined;
  close(): Promise<void>;
}

/** What becomes of what gateways tell on connections of their own. */
export interface IncomingOf {
  receipts(gatewayId: string, receipts: readonly Receipt[]): Promise<void>;
  messages(gatewayId: string, messages: readonly InboundMessage[]): Promise<boolean>;
}

export function connectGateways(keyRing: KeyRing, surroundings: Surroundings, incoming: IncomingOf): Gateways {
  const opened = new Map<string, { readonly version: number; readonly gateway: Gateway }>();
  const configured = ({ gateway: { id, settings }, credentials }: StoredGateway): Configured<object> => ({
    id,
    settings,
    credentials: openCredentials(keyRing, id, credentials),
  });
  const apart = (stored: StoredGateway): Gateway =>
    kinds[stored.gateway.kind].open(configured(stored), surroundings, {
      receipts: (receipts) => incoming.receipts(stored.gateway.id, receipts),
      // Nothing is believed of what people say before a second person has confirmed who tells it.
      messages: async (messages) => stored.gateway.enabledBy !== null && incoming.messages(stored.gateway.id, messages),
    });
  const letGo = (gateway: Gateway) => void setTimeout(() => void gateway.close(), FAREWELL_MS).unref();
  const of = (stored: StoredGateway): Gateway => {
    const { id } = stored.gateway;
    const known = opened.get(id);
    if (known?.version === stored.version) return known.gateway;
    if (known) letGo(known.gateway);
    const gateway = apart(stored);
    opened.set(id, { version: stored.version, gateway });
    return gateway;
  };
  return {
    of,
    attend(enabled) {
      const ids = new Set(enabled.map(({ gateway: { id } }) => id));
      for (const [id, { gateway }] of opened) {
        if (ids.has(id)) continue;
        opened.delete(id);
        letGo(gateway);
      }
      for (const stored of enabled) of(stored).listen?.();
    },
    apart,
    outbox: surroundings.mayUseOutbox ? outboxGateway(surroundings.dataDir, surroundings.clock) : undefined,
    read(stored, report) {
      if (stored.gateway.enabledBy === null) return undefined;
      const { isFrom, receipts } = kinds[stored.gateway.kind];
      if (!isFrom?.(report, configured(stored), surroundings)) return undefined;
      return receipts?.(readBody(report.contentType, report.body.toString()), stored.gateway.settings) ?? [];
    },
    readInbound(stored, request) {
      if (stored.gateway.enabledBy === null) return undefined;
      const { isInboundFrom, inbound } = kinds[stored.gateway.kind];
      if (!isInboundFrom?.(request, configured(stored), surroundings)) return undefined;
      return inbound?.(readBody(request.contentType, request.body.toString()), stored.gateway.settings) ?? [];
    },
    async close() {
      await Promise.all([...opened.values()].map(({ gateway }) => gateway.close()));
    },
  };
}
