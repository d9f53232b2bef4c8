import { system } from '../../access/index.ts';
import type { Ground } from '../../platform/index.ts';
import type { Delivery, Sms } from '../gateways/gateway.ts';
import type { Gateways } from '../gateways/registry.ts';
import { enabledGateways, findGateway } from '../gateways/store.ts';
import type { StoredGateway } from '../gateways/types.ts';
import { matchReceipts } from '../receipts/commands.ts';
import { knownByNow } from '../receipts/store.ts';
import { isAnswer } from '../rules.ts';
import { LEASE_MS, noteAnswer, recordSending, type Taken, takeMessages, takeTurn } from './commands.ts';
import { messagesToSend, outlook } from './queue-store.ts';
import { sendAll } from './send.ts';

/** Batches that one worker has at a time: while one is recorded, another is sent. */
const LANES = 2;
/** How long a worker goes on with what it has taken. What is left then is given back before anybody else could take it. */
const WORKING_MS = LEASE_MS / 2;
const LONGEST_NAP_MS = 1_000;

/** What sends messages in this process. */
export interface Engine {
  /** Sends whatever is due and can go, unless this process does so already. */
  drain(closing?: AbortSignal): Promise<void>;
  /** Sends one text that is in no queue, before everything that is, by the first gateway that answers. @throws Error when it has to be sent again */
  sendNow(sms: Sms): Promise<void>;
}

const asSystem = { actor: system };
const nap = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** @param ground whose clock says what is due; the pace of gateways is kept by the database's */
export function engineOf({ db, execute, keyRing, clock }: Ground, gateways: Gateways): Engine {
  const mayUseOutbox = gateways.outbox !== undefined;
  let draining = false;
  let again = false;

  async function sendTaken({ gatewayId, ids, turn }: Taken, closing: AbortSignal | undefined): Promise<void> {
    const stored = gatewayId === null ? undefined : await findGateway(db, gatewayId);
    const gateway = stored ? gateways.of(stored) : gateways.outbox;
    if (!gateway) throw new Error('messages were taken that nobody can send');
    const messages = await messagesToSend(db, clock.now(), ids);
    if (messages.length === 0) return;
    const end = performance.now() + WORKING_MS;
    // Whoever leads a gateway elsewhere after the messages were taken gets none of them.
    const isConfirmed = stored?.gateway.enabled ?? true;
    const mayGoOn = () => isConfirmed && !closing?.aborted && performance.now() < end;
    const sent = await sendAll(keyRing, gateway, messages, turn, mayGoOn);
    await execute(recordSending, { gatewayId, ...sent }, asSystem);
  }

  async function lane(closing: AbortSignal | undefined): Promise<void> {
    while (!closing?.aborted) {
      const { isDue, hasGateways, busyMs } = await outlook(db, clock.now());
      if (!isDue || (hasGateways ? busyMs === null : !mayUseOutbox)) return;
      if (busyMs) {
        await nap(Math.min(busyMs, LONGEST_NAP_MS));
        continue;
      }
      const taken = await execute(takeMessages, { mayUseOutbox }, asSystem);
      if (!taken) return;
      await sendTaken(taken, closing);
    }
  }

  async function matchKept(): Promise<void> {
    for (const known of await knownByNow(db)) await execute(matchReceipts, known, asSystem);
  }

  async function sendBy(stored: StoredGateway, sms: Sms): Promise<Delivery> {
    const { id: gatewayId, perSecond, failures } = stored.gateway;
    const { waitMs } = await execute(takeTurn, { gatewayId, perSecond }, asSystem);
    if (waitMs > 0) await nap(waitMs);
    const delivery = await gateways.of(stored).send(sms);
    const answered = isAnswer(delivery);
    if (!answered || failures > 0) await execute(noteAnswer, { gatewayId, answered }, asSystem);
    return delivery;
  }

  return {
    async drain(closing) {
      again = true;
      if (draining) return;
      draining = true;
      try {
        while (again && !closing?.aborted) {
          again = false;
          await Promise.all(Array.from({ length: LANES }, () => lane(closing)));
          await matchKept();
        }
      } finally {
        draining = false;
      }
    },

    async sendNow(sms) {
      const enabled = await enabledGateways(db);
      if (enabled.length === 0) {
        const delivery = await gateways.outbox?.send(sms);
        if (delivery?.outcome !== 'accepted') throw new Error('a code has to be sent again');
        return;
      }
      const now = clock.now();
      const isOpen = ({ gateway: { closedUntil } }: StoredGateway) => closedUntil === null || new Date(closedUntil) <= now;
      for (const stored of enabled.filter(isOpen)) {
        const delivery = await sendBy(stored, sms);
        if (delivery.outcome === 'accepted' || delivery.outcome === 'refused') return;
        if (isAnswer(delivery)) throw new Error('a code has to be sent again');
      }
      throw new Error('no gateway answers');
    },
  };
}
