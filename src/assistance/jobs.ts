import { system } from '../access/index.ts';
import { type Ground, Interrupted, type Job } from '../platform/index.ts';
import { BATCH, type BatchSizes } from './schedule/advance.ts';
import { advancePlan } from './schedule/advance-command.ts';
import { ADVANCE } from './schedule/advance-soon.ts';
import { plansInHand } from './schedule/period-store.ts';

const EVERY_SECONDS = 60;

/** The background work of this room. Each batch is a command of its own, so that what was killed goes on where it was. */
export function assistanceJobs({ db, execute, clock }: Pick<Ground, 'db' | 'execute' | 'clock'>, batch: BatchSizes = BATCH): Job[] {
  async function advanceAll(planId: string, waits: boolean, closing?: AbortSignal): Promise<void> {
    while (await execute(advancePlan, { planId, batch, waits }, { actor: system })) {
      if (closing?.aborted) throw new Interrupted('the process ends');
    }
  }
  return [
    {
      name: 'assistance.generate',
      everySeconds: EVERY_SECONDS,
      async run(_payload, closing) {
        const failures: unknown[] = [];
        for (const planId of await plansInHand(db, clock.now())) {
          if (closing?.aborted) return;
          // One plan that cannot go on is in no other's way.
          await advanceAll(planId, false, closing).catch((error: unknown) => failures.push(error));
        }
        const failed = failures.find((failure) => !(failure instanceof Interrupted));
        if (failed) throw failed;
      },
    },
    { name: ADVANCE, run: ({ planId = '' }, closing) => advanceAll(planId, true, closing) },
  ];
}
