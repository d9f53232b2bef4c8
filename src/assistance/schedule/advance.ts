import type { CommandContext } from '../../platform/index.ts';
import { advanceRun } from '../runs/advance-run.ts';
import type { Period } from './calendar.ts';
import { earlier } from './days.ts';
import { dueToSettle, insertPeriod, latestPeriod, type PeriodInHand, stepPeriod } from './period-store.ts';
import { joinNext, momentsOf, oweNext } from './plain-store.ts';
import { type Scheduled, todayOf } from './scheduled.ts';
import { settlePeople } from './settle-store.ts';

type Context = Pick<CommandContext, 'tx' | 'now'>;

/** People worked through in one transaction together, and settled alone. */
export const BATCH = { together: 20_000, alone: 1_000 } as const;

export interface BatchSizes {
  readonly together: number;
  readonly alone: number;
}

/**
 * Does the next thing that a plan asks for: goes on with the period in hand, begins the next that has fallen due, settles people whose day has
 * come, or goes on with a run. A period that fell due during an outage is made up for in its turn.
 * @param scheduled the caller has its turn
 * @returns what was done; null when there was nothing
 */
export async function advance(context: Context, scheduled: Scheduled, batch: BatchSizes): Promise<object | null> {
  const { tx, now } = context;
  const { plan, periods } = scheduled;
  const today = todayOf(scheduled, now);
  const latest = await latestPeriod(tx, plan.id);
  if (latest && latest.state !== 'done') return workThrough(context, scheduled, within(latest, scheduled), batch.together);
  const next: Period | undefined = periods[latest?.period.number ?? 0];
  if (next && next.dueOn <= today) {
    const { due } = await momentsOf(tx, scheduled, next);
    return workThrough(context, scheduled, await insertPeriod(tx, plan.id, next, due, now), batch.together);
  }
  const ids = await dueToSettle(tx, plan.id, today, batch.alone);
  if (ids.length > 0) return settlePeople(tx, scheduled, ids, now);
  return advanceRun(context, scheduled, batch);
}

/** A period in hand as far as the programme runs by now: it may have been shortened since the period was begun. */
function within(inHand: PeriodInHand, { schedule: { endsOn } }: Scheduled): PeriodInHand {
  const { period } = inHand;
  return { ...inHand, period: { ...period, endsOn: earlier(period.endsOn, endsOn), dueOn: earlier(period.dueOn, endsOn) } };
}

/** Takes a period past its next people: first those who join, then what it owes. */
async function workThrough({ tx, now }: Context, scheduled: Scheduled, inHand: PeriodInHand, batch: number): Promise<object> {
  const { plan } = scheduled;
  const { period, state, afterId, fallsDueAt } = inHand;
  if (period.endsOn < period.startsOn) {
    await stepPeriod(tx, plan.id, inHand, state === 'joining' ? 'owing' : 'done', null, {}, now);
    return { period: period.number };
  }
  if (state === 'joining') {
    // Whoever qualifies later joins an open plan with the period that follows.
    const joins = plan.scorecardId !== undefined && (plan.isOpen || period.number === 1);
    const { people, joined, ...walked } = joins
      ? await joinNext(
          tx,
          scheduled,
          { startsOn: period.startsOn, isPlain: true },
          (await momentsOf(tx, scheduled, period)).joins,
          afterId,
          batch,
          now,
        )
      : { people: 0, joined: 0, afterId: null };
    await stepPeriod(tx, plan.id, inHand, people < batch ? 'owing' : 'joining', walked.afterId, { joined }, now);
    return { period: period.number, joined };
  }
  const { people, owed, notOwed, ...walked } = await oweNext(
    tx,
    scheduled,
    period,
    fallsDueAt,
    afterId,
    batch,
    todayOf(scheduled, now),
    now,
  );
  await stepPeriod(tx, plan.id, inHand, people < batch ? 'done' : 'owing', walked.afterId, { owed, notOwed }, now);
  return { period: period.number, owed, notOwed };
}
