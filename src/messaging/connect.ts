import { system } from '../access/index.ts';
import { type Config, type Contract, type Ground, type Job, publicUrlOf, type Routes } from '../platform/index.ts';
import type { InboundMessage } from './gateways/gateway.ts';
import type { Surroundings } from './gateways/kinds.ts';
import { inboundReader, type ReadInbound } from './gateways/read-inbound.ts';
import { connectGateways } from './gateways/registry.ts';
import { messagingJobs } from './jobs.ts';
import { takeReceipts } from './receipts/commands.ts';
import { messagingRoutes } from './routes.ts';
import { type Engine, engineOf } from './sending/engine.ts';
import { isOnItsWay } from './sending/queue-store.ts';

/** How often is looked whether a message is still on its way, in milliseconds. */
const LOOK_MS = 20;

/** Everything that sends messages, wired together. */
export interface Messaging {
  readonly routes: Routes<keyof ReturnType<typeof messagingRoutes>>;
  readonly jobs: Job[];
  readonly engine: Engine;
  readonly readInbound: ReadInbound;
  /** Whether a message is on its way, or could be. */
  isSending(): Promise<boolean>;
  /** Lets go of every gateway. */
  close(): Promise<void>;
}

/** Keeps what people send. @returns false, with none kept, where nobody has said whose they are */
export type TakeInbound = (gatewayId: string, messages: readonly InboundMessage[]) => Promise<boolean>;

/**
 * Connects this process to whatever gateways are configured, now and later.
 * @param takeInbound keeps what people send to a gateway that hands it over on a connection of ours
 */
export function connectMessaging(ground: Ground, config: Config, contract: Contract, takeInbound: TakeInbound): Messaging {
  const { keyRing, clock, execute } = ground;
  const surroundings: Surroundings = {
    rules: {
      privateAddresses: config.GATEWAY_PRIVATE_ADDRESSES === 'allow',
      plainLoopback: config.SANAD_ENV === 'test' || (config.SANAD_ENV !== 'production' && config.GATEWAY_PRIVATE_ADDRESSES === 'allow'),
    },
    clock,
    dataDir: config.dataDir,
    mayUseOutbox: config.SANAD_ENV !== 'production',
    receiptsUrl: (gatewayId) => new URL(`/v1/gateways/${gatewayId}/receipts`, publicUrlOf(config)).href,
    inboundUrl: (gatewayId) => new URL(`/v1/gateways/${gatewayId}/inbound`, publicUrlOf(config)).href,
  };
  const gateways = connectGateways(keyRing, surroundings, {
    async receipts(gatewayId, receipts) {
      await execute(takeReceipts, { gatewayId, receipts }, { actor: system });
    },
    messages: takeInbound,
  });
  const engine = engineOf(ground, gateways);
  return {
    routes: messagingRoutes(ground, { contract, surroundings, gateways }),
    jobs: messagingJobs(ground, engine, gateways),
    engine,
    readInbound: inboundReader(ground.db, gateways),
    async isSending() {
      const is = await isOnItsWay(ground.db, clock.now());
      if (is) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      return is;
    },
    close: () => gateways.close(),
  };
}
