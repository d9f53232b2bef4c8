import { system } from '../access/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import type { Gateways } from './gateways/registry.ts';
import { enabledGateways } from './gateways/store.ts';
import { forgetReceipts } from './receipts/commands.ts';
import { hasReceiptsBefore } from './receipts/store.ts';
import type { Engine } from './sending/engine.ts';

/** How long a receipt waits for its message. */
const RECEIPTS_KEPT_MS = 7 * 86_400_000;

export const messagingJobs = ({ db, execute, clock }: Ground, engine: Engine, gateways: Gateways): Job[] => [
  // The messages of the list that is named, and all others: there is one queue.
  { name: 'messaging.send_codes', run: (_payload, closing) => engine.drain(closing) },
  {
    // For what is to be tried again, what another process left behind when it died, and receipts that come on connections of ours.
    name: 'messaging.send_due',
    everySeconds: 5,
    async run(_payload, closing) {
      gateways.attend(await enabledGateways(db));
      await engine.drain(closing);
    },
  },
  {
    name: 'messaging.forget_receipts',
    everySeconds: 3_600,
    async run() {
      const before = new Date(clock.now().getTime() - RECEIPTS_KEPT_MS);
      if (await hasReceiptsBefore(db, before)) await execute(forgetReceipts, { before }, { actor: system });
    },
  },
];
