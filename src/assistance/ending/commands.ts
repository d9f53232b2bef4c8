import { command, type Tx } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { listedMeanwhile } from '../listed-meanwhile.ts';
import { planScope } from '../queries.ts';
import { latestPeriod, waitTurn } from '../schedule/period-store.ts';
import { type Scheduled, scheduledPlan, todayOf } from '../schedule/scheduled.ts';
import { settlePeople } from '../schedule/settle-store.ts';
import { insertDecision } from '../tranches/sheet-store.ts';
import { lockDraw, markPutBack } from '../tranches/store.ts';
import { nextPastEnd, type PastEnd, wakeNext, withdraw } from './store.ts';

interface Batch {
  readonly planId: string;
  /** Where the last batch ended. */
  readonly after: string | null;
  readonly batch: number;
}

/**
 * Withdraws the next instalments of a plan that are past the end of its programme and on no list. What pays by the calendar is made out anew
 * for the days before the end; a tranche goes back to where nothing of it is confirmed.
 * @returns where to go on; null when there is nothing more
 */
export const withdrawPastEnd = command<Batch, string | null>({
  name: 'assistance.withdraw_past_end',
  scope: planScope,
  async run({ tx, actor, now }, { planId, after, batch }) {
    await waitTurn(tx, planId);
    const scheduled = await scheduledPlan(tx, planId);
    const { endsOn } = (await programmeById(tx, (await planScope(tx, { planId })).programme)).programme;
    const reason = `The programme ends on ${endsOn}.`;
    const found = await nextPastEnd(tx, { id: planId }, endsOn, after, batch);
    const ids = found.map(({ id }) => id);
    if (scheduled) await settlePeople(tx, scheduled, [...new Set(found.map(({ entitlementId }) => entitlementId))], now);
    else {
      await putBack(tx, found, reason, actor.id, now).catch(listedMeanwhile);
      await withdraw(tx, ids).catch(listedMeanwhile);
    }
    const result = found.length === batch ? (ids.at(-1) ?? null) : null;
    return { result, subject: { type: 'plan', id: planId }, after: { instalments: ids }, reason };
  },
});

async function putBack(tx: Tx, found: readonly PastEnd[], reason: string, by: string, now: Date): Promise<void> {
  for (const { drawId } of found) {
    const draw = drawId === null ? undefined : await lockDraw(tx, drawId);
    if (draw?.state !== 'drawn') continue;
    await insertDecision(tx, draw, 'put_back', reason, by, now);
    await markPutBack(tx, draw);
  }
}

/**
 * Has the next people of a stipend settled again that its programme had cut short and ends later now. Where a period had been cut, that is
 * everybody; otherwise only those who are settled alone, for the others the periods go on by themselves.
 * @returns where to go on; null when there is nobody more
 */
export const wakePeople = command<Batch & { readonly was: string }, string | null>({
  name: 'assistance.settle_again',
  scope: planScope,
  async run({ tx, now }, { planId, after, batch, was }) {
    await waitTurn(tx, planId);
    const scheduled = await scheduledPlan(tx, planId);
    if (!scheduled) throw new Error('a stipend pays by the calendar');
    const everybody = await wasCut(tx, scheduled);
    const woken = await wakeNext(tx, planId, { was, today: todayOf(scheduled, now), everybody }, after, batch);
    const reason = `The programme ends on ${scheduled.programmeEnds}, and no more on ${was}.`;
    return { result: woken.after, subject: { type: 'plan', id: planId }, after: { people: woken.people }, reason };
  },
});

/** Whether the last period that was begun would have been longer. */
async function wasCut(tx: Tx, { plan, periods }: Scheduled): Promise<boolean> {
  const latest = await latestPeriod(tx, plan.id);
  const whole = latest && periods[latest.period.number - 1];
  return latest !== undefined && whole !== undefined && whole.endsOn > latest.period.endsOn;
}
