import type { CommandContext, FollowUp } from '../../platform/index.ts';
import type { Plan } from '../types.ts';
import { advance, BATCH } from './advance.ts';
import { advanceSoon } from './advance-soon.ts';
import { waitTurn } from './period-store.ts';
import { scheduledPlan } from './scheduled.ts';

/** Batches that the request which makes a plan waits for. */
const AT_ONCE = 4;
const BATCH_AT_ONCE = 10_000;

/** Makes what a new plan owes already; where that is a great deal, the rest follows in the background. */
export async function beginScheduled(context: CommandContext, plan: Plan): Promise<readonly FollowUp[]> {
  await waitTurn(context.tx, plan.id);
  const scheduled = await scheduledPlan(context.tx, plan.id);
  if (!scheduled) throw new Error('a plan of this kind pays by the calendar');
  for (let batches = 0; batches < AT_ONCE; batches += 1) {
    if (!(await advance(context, scheduled, { ...BATCH, together: BATCH_AT_ONCE }))) return [];
  }
  return [advanceSoon(plan.id)];
}
