import type { KeyRing } from '../../platform/index.ts';
import { openCredentials } from './credentials.ts';
import type { Report } from './door.ts';
import type { Gateway, Receipt } from './gateway.ts';
import { type Configured, kinds, type Surroundings } from './kinds.ts';
import { outboxGateway } from './outbox.ts';
import { readBody } from './pointer.ts';
import type { StoredGateway } from './types.ts';

/** How long what a gateway is busy with has to come to its end, after it has been replaced. */
const FAREWELL_MS = 30_000;

/** The gateways of this process, opened when they are needed. */
export interface Gateways {
  /** The gateway that a record describes. One whose record has changed is opened anew. */
  of(stored: StoredGateway): Gateway;
  /** One for a single message, that the caller closes. */
  apart(stored: StoredGateway): Gateway;
  /** What stands in where nothing is configured; undefined where codes may not stand in a file. */
  readonly outbox: Gateway | undefined;
  /** What a report says; undefined when it is not the gateway's. */
  read(stored: StoredGateway, report: Report): Receipt[] | undefined;
  close(): Promise<void>;
}

/** @param keep keeps what a gateway reports on a connection of its own */
export function connectGateways(
  keyRing: KeyRing,
  surroundings: Surroundings,
  keep: (gatewayId: string, receipts: readonly Receipt[]) => Promise<void>,
): Gateways {
  const opened = new Map<string, { readonly version: number; readonly gateway: Gateway }>();
  const configured = ({ gateway: { id, settings }, credentials }: StoredGateway): Configured<object> => ({
    id,
    settings,
    credentials: openCredentials(keyRing, id, credentials),
  });
  const apart = (stored: StoredGateway): Gateway =>
    kinds[stored.gateway.kind].open(configured(stored), surroundings, (receipts) => keep(stored.gateway.id, receipts));
  return {
    of(stored) {
      const { id } = stored.gateway;
      const known = opened.get(id);
      if (known?.version === stored.version) return known.gateway;
      if (known) setTimeout(() => void known.gateway.close(), FAREWELL_MS).unref();
      const gateway = apart(stored);
      opened.set(id, { version: stored.version, gateway });
      return gateway;
    },
    apart,
    outbox: surroundings.mayUseOutbox ? outboxGateway(surroundings.dataDir, surroundings.clock) : undefined,
    read(stored, report) {
      const { isFrom, receipts } = kinds[stored.gateway.kind];
      if (!isFrom?.(report, configured(stored), surroundings)) return undefined;
      return receipts?.(readBody(report.contentType, report.body.toString()), stored.gateway.settings) ?? [];
    },
    async close() {
      await Promise.all([...opened.values()].map(({ gateway }) => gateway.close()));
    },
  };
}
