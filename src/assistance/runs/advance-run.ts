import type { CommandContext } from '../../platform/index.ts';
import { applyChange } from '../entitlements/change-store.ts';
import type { NewChange } from '../entitlements/types.ts';
import { latestPeriod } from '../schedule/period-store.ts';
import { joinNext } from '../schedule/plain-store.ts';
import type { Scheduled } from '../schedule/scheduled.ts';
import { settlePeople } from '../schedule/settle-store.ts';
import { nextOfPlan, runInHand, type StoredRun, stepRun } from './store.ts';

type Context = Pick<CommandContext, 'tx' | 'now'>;

/** Goes on with the first run of a plan that is not done. @returns what was done; null when there is none */
export async function advanceRun(
  context: Context,
  scheduled: Scheduled,
  batch: { together: number; alone: number },
): Promise<object | null> {
  const inHand = await runInHand(context.tx, scheduled.plan.id);
  if (!inHand) return null;
  return inHand.run.change === 'entitle'
    ? entitleNext(context, scheduled, inHand, batch.together)
    : changeNext(context, scheduled, inHand, batch.alone);
}

/** Entitles the next of those who qualify now, from the day that was said. */
async function entitleNext({ tx, now }: Context, scheduled: Scheduled, { run, afterId }: StoredRun, batch: number): Promise<object> {
  const latest = await latestPeriod(tx, scheduled.plan.id);
  const join = { startsOn: run.from, isPlain: !latest || latest.period.endsOn < run.from };
  const { people, joined, ...walked } = await joinNext(tx, scheduled, join, new Date(run.askedAt), afterId, batch, now);
  await stepRun(tx, run.id, { afterId: walked.afterId, people: joined, passedOver: 0, isLast: people < batch }, now);
  return { run: run.id, people: joined };
}

async function changeNext({ tx, now }: Context, scheduled: Scheduled, { run, afterId }: StoredRun, batch: number): Promise<object> {
  const { change, from, arrears, amount } = run;
  const asked = { change, from, ...(arrears === null ? {} : { arrears }), ...(amount ? { amount: amount.amount } : {}) } as NewChange;
  const found = await nextOfPlan(tx, scheduled.plan.id, run.filter, afterId, batch);
  const decision = { change: asked, currency: scheduled.plan.currency, reason: run.reason, by: run.askedBy, now, runId: run.id };
  const changed = await applyChange(
    tx,
    found.map(({ id }) => id),
    decision,
  );
  if (changed.length > 0) await settlePeople(tx, scheduled, changed, now);
  const step = { people: changed.length, passedOver: found.length - changed.length };
  await stepRun(tx, run.id, { ...step, afterId: found.at(-1)?.beneficiaryId ?? null, isLast: found.length < batch }, now);
  return { run: run.id, ...step };
}
