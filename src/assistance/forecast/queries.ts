import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, Money, problem } from '../../platform/index.ts';
import { planById } from '../queries.ts';
import { latestPeriod } from '../schedule/period-store.ts';
import { scheduledPlan, todayOf } from '../schedule/scheduled.ts';
import { say } from '../words.ts';
import { expectedByMonth } from './rules.ts';
import { alikeNow, madeOutByMonth } from './store.ts';
import type { ForecastMonth } from './types.ts';

/** What a plan is still to make out, by `YYYY-MM`, if nobody's record changes; nothing where what it owes does not go by the calendar. @throws not_found */
export async function expectedOfPlan(db: Db, planId: string, now: Date): Promise<ReadonlyMap<string, Money> | undefined> {
  const scheduled = await scheduledPlan(db, planId);
  if (!scheduled) return undefined;
  const hasBegun = (await latestPeriod(db, planId)) !== undefined;
  return expectedByMonth(scheduled.schedule, await alikeNow(db, scheduled, hasBegun), todayOf(scheduled, now), scheduled.plan.currency);
}

/**
 * What a plan owes month by month: what was made out, and what is still to come if nobody's record changes.
 * @throws not_found; conflict when what the plan owes does not go by the calendar
 */
export async function readForecast(db: Db, actor: Actor, planId: string, now: Date): Promise<{ months: ForecastMonth[] }> {
  authoriseRead(actor, 'assistance.read');
  const { programmeId, currency } = await planById(db, planId);
  authoriseRead(actor, 'assistance.read', { programme: programmeId });
  const expected = await expectedOfPlan(db, planId, now);
  if (!expected) throw problem.conflict(say('plan_without_calendar'));
  const madeOut = new Map((await madeOutByMonth(db, planId)).map((month) => [month.month, month]));
  const months = [...new Set([...madeOut.keys(), ...expected.keys()])].sort().map((month) => ({
    month,
    madeOut: Money.of(madeOut.get(month)?.total ?? '0', currency).toJSON(),
    instalments: madeOut.get(month)?.instalments ?? 0,
    expected: (expected.get(month) ?? Money.zero(currency)).toJSON(),
  }));
  return { months };
}
