import { command } from '../../platform/index.ts';
import { planScope } from '../queries.ts';
import { advance, type BatchSizes } from './advance.ts';
import { tryTurn, waitTurn } from './period-store.ts';
import { scheduledPlan } from './scheduled.ts';

/**
 * Takes a plan one batch further, in the programme's time zone. Of two workers at once one finds the plan taken, and leaves it or waits.
 * @param waits whether it waits for its turn, rather than leave the plan to who has it
 * @returns whether there may be more to do
 */
export const advancePlan = command<{ planId: string; batch: BatchSizes; waits: boolean }, boolean>({
  name: 'assistance.advance_plan',
  scope: planScope,
  async run({ tx, now }, { planId, batch, waits }) {
    const subject = { type: 'plan', id: planId };
    if (waits) await waitTurn(tx, planId);
    const scheduled = waits || (await tryTurn(tx, planId)) ? await scheduledPlan(tx, planId) : undefined;
    const done = scheduled ? await advance({ tx, now }, scheduled, batch) : null;
    return { result: done !== null, subject, after: done };
  },
});
