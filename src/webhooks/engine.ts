import { system } from '../access/index.ts';
import type { Ground, OutgoingRules } from '../platform/index.ts';
import { recordDeliveries, takeDeliveries } from './delivery-commands.ts';
import { type Choice, isAnythingDue, type Lease } from './queue-store.ts';
import { secretsAt } from './secrets.ts';
import { sendOnce } from './send.ts';
import { findWebhook } from './store.ts';

/** Receivers that one process sends to at a time. However many are slow, half of it is for those that are not. */
const lanes: readonly Choice[] = ['any', 'quick', 'any', 'quick'];

/** What sends events in this process. */
export interface Engine {
  /** Sends what is due, unless this process does so already. */
  drain(closing?: AbortSignal): Promise<void>;
}

export function engineOf({ db, execute, keyRing, clock }: Ground, rules: OutgoingRules): Engine {
  let draining = false;
  let again = false;

  async function send({ webhookId, isPing, deliveries }: Lease): Promise<void> {
    const stored = await findWebhook(db, webhookId);
    if (!stored) throw new Error('a delivery of no webhook');
    // Whoever leads it elsewhere after they were taken gets none of them: they wait until it is confirmed.
    if (!isPing && stored.webhook.state !== 'on') return;
    const target = { url: stored.webhook.url, secrets: secretsAt(keyRing, stored, clock.now()) };
    const attempts = await Promise.all(deliveries.map((delivery) => sendOnce(target, delivery, clock.now(), rules)));
    await execute(recordDeliveries, { webhookId, attempts }, { actor: system });
  }

  let sent = 0;
  let underWay = 0;
  const idle: (() => void)[] = [];
  const wake = () => {
    for (const look of idle.splice(0)) look();
  };

  // Who finds nothing looks again when somebody else has sent something, for what that left may be for them alone.
  async function lane(choice: Choice, closing: AbortSignal | undefined): Promise<void> {
    while (!closing?.aborted) {
      const before = sent;
      const lease = (await isAnythingDue(db, clock.now(), choice)) ? await execute(takeDeliveries, { choice }, { actor: system }) : null;
      if (lease) {
        underWay += 1;
        try {
          await send(lease);
        } finally {
          underWay -= 1;
          sent += 1;
          wake();
        }
      } else if (sent === before) {
        if (underWay === 0) return;
        await new Promise<void>((look) => idle.push(look));
      }
    }
  }

  return {
    async drain(closing) {
      again = true;
      wake();
      if (draining) return;
      draining = true;
      try {
        while (again && !closing?.aborted) {
          again = false;
          // One that fails leaves the others to end before anybody begins again.
          const ended = await Promise.allSettled(lanes.map((choice) => lane(choice, closing)));
          for (const result of ended) if (result.status === 'rejected') throw result.reason;
        }
      } finally {
        draining = false;
      }
    },
  };
}
