import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, Money, problem } from '../../platform/index.ts';
import { planById } from '../queries.ts';
import { latestPeriod } from '../schedule/period-store.ts';
import { scheduledPlan, todayOf } from '../schedule/scheduled.ts';
import { expectedByMonth } from './rules.ts';
import { alikeNow, madeOutByMonth } from './store.ts';
import type { ForecastMonth } from './types.ts';

/**
 * What a plan owes month by month: what was made out, and what is still to come if nobody's record changes.
 * @throws not_found; conflict when what the plan owes does not go by the calendar
 */
export async function readForecast(db: Db, actor: Actor, planId: string, now: Date): Promise<{ months: ForecastMonth[] }> {
  authoriseRead(actor, 'assistance.read');
  const { programmeId, currency } = await planById(db, planId);
  authoriseRead(actor, 'assistance.read', { programme: programmeId });
  const scheduled = await scheduledPlan(db, planId);
  if (!scheduled) throw problem.conflict('What a plan of this kind owes does not go by the calendar.');
  const { schedule } = scheduled;
  const madeOut = new Map((await madeOutByMonth(db, planId)).map((month) => [month.month, month]));
  const hasBegun = (await latestPeriod(db, planId)) !== undefined;
  const expected = expectedByMonth(schedule, await alikeNow(db, scheduled, hasBegun), todayOf(scheduled, now), currency);
  const months = [...new Set([...madeOut.keys(), ...expected.keys()])].sort().map((month) => ({
    month,
    madeOut: Money.of(madeOut.get(month)?.total ?? '0', currency).toJSON(),
    instalments: madeOut.get(month)?.instalments ?? 0,
    expected: (expected.get(month) ?? Money.zero(currency)).toJSON(),
  }));
  return { months };
}
