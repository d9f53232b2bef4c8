import { system } from '../access/index.ts';
import { type Ground, Interrupted, type Job, type OutgoingRules } from '../platform/index.ts';
import { collectFacts, forgetOld, KEPT_MS } from './delivery-commands.ts';
import { hasDeliveriesBefore } from './delivery-store.ts';
import { engineOf } from './engine.ts';
import { isWorthLooking } from './progress-store.ts';

/** Finds what happened, tells it, and forgets the log. */
export function webhookJobs(ground: Ground, rules: OutgoingRules): Job[] {
  const { db, execute, clock } = ground;
  const engine = engineOf(ground, rules);
  const asSystem = { actor: system };
  return [
    {
      name: 'webhooks.collect',
      everySeconds: 5,
      async run(_payload, closing) {
        while (await isWorthLooking(db)) {
          if (closing?.aborted) throw new Interrupted();
          if (!(await execute(collectFacts, {}, asSystem))) return;
        }
      },
    },
    // Every few seconds for what is to be tried again, and what another process left behind when it died.
    { name: 'webhooks.send', everySeconds: 5, run: (_payload, closing) => engine.drain(closing) },
    {
      name: 'webhooks.forget',
      everySeconds: 3_600,
      async run(_payload, closing) {
        while (!closing?.aborted && (await hasDeliveriesBefore(db, new Date(clock.now().getTime() - KEPT_MS)))) {
          if (!(await execute(forgetOld, {}, asSystem))) return;
        }
      },
    },
  ];
}
