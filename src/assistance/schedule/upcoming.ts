import { type Db, Money, sql } from '../../platform/index.ts';
import { owingOf } from './owing.ts';
import { rateFor, ratesOfRule } from './rates.ts';
import { recordAt } from './records.ts';
import { type Scheduled, todayOf } from './scheduled.ts';
import { settle, type Wanted } from './settling.ts';
import type { Entitled, Standing } from './types.ts';

/** How somebody's record stands at a moment, as a plan asks. */
async function standingAt(db: Db, scheduled: Scheduled, beneficiaryId: string, now: Date): Promise<Standing> {
  const { plan, amountRule } = scheduled;
  const row = await db.first<Omit<Standing, 'rate'> & { rate: string | null }>(sql`
    with ${ratesOfRule(amountRule)}
    select t.amount::text as rate, r.reason from ${recordAt(scheduled, sql`${beneficiaryId}::uuid`, sql`${now}::timestamptz`)} r
    ${rateFor(amountRule)}`);
  if (!row) throw new Error('who is entitled has a record');
  return { reason: row.reason, rate: row.rate === null ? null : Money.of(row.rate, plan.currency) };
}

/**
 * The instalments that are still to come for one person if their record stays as it is, and what is carried into them.
 * @param carried owed by now beyond what instalments were made for, or less
 */
export async function upcomingFor(
  db: Db,
  scheduled: Scheduled,
  entitled: Entitled & { readonly beneficiaryId: string },
  carried: Money,
  now: Date,
): Promise<Wanted[]> {
  const { plan, schedule } = scheduled;
  const today = todayOf(scheduled, now);
  const standing = await standingAt(db, scheduled, entitled.beneficiaryId, now);
  const owing = owingOf(schedule, plan.currency, entitled, () => standing, schedule.endsOn);
  const toCome = owing.filter(({ dueOn }) => dueOn > today);
  return settle(toCome, [], plan.currency, carried).wanted;
}
