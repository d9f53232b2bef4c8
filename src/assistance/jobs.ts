import { system } from '../access/index.ts';
import { type Ground, Interrupted, type Job } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { wakePeople, withdrawPastEnd } from './ending/commands.ts';
import { FOLLOW_END } from './ending/soon.ts';
import { plansCutShort, plansPastEnd } from './ending/store.ts';
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
  async function inBatches(next: (after: string | null) => Promise<string | null>, closing?: AbortSignal): Promise<void> {
    for (let after = await next(null); after !== null; after = await next(after)) {
      if (closing?.aborted) throw new Interrupted('the process ends');
    }
  }
  async function followEnd(programmeId: string, was: string, closing?: AbortSignal): Promise<void> {
    for (const planId of await plansPastEnd(db, programmeId))
      await inBatches((after) => execute(withdrawPastEnd, { planId, after, batch: batch.alone }, { actor: system }), closing);
    const { endsOn } = (await programmeById(db, programmeId)).programme;
    if (endsOn <= was) return;
    for (const planId of await plansCutShort(db, programmeId, was))
      await inBatches((after) => execute(wakePeople, { planId, after, was, batch: batch.together }, { actor: system }), closing);
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
    { name: FOLLOW_END, run: ({ programmeId = '', was = '' }, closing) => followEnd(programmeId, was, closing) },
    { name: ADVANCE, run: ({ planId = '' }, closing) => advanceAll(planId, true, closing) },
  ];
}
