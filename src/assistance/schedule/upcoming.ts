import { type Db, Money, sql } from '../../platform/index.ts';
import { ratesOf } from '../amounts.ts';
import { owingOf } from './owing.ts';
import { rateOf, recordAt } from './records.ts';
import { type Scheduled, todayOf } from './scheduled.ts';
import { settle, type Wanted } from './settling.ts';
import type { Entitled, Standing } from './types.ts';

/** How somebody's record stands at a moment, as a plan asks. */
async function standingAt(db: Db, scheduled: Scheduled, beneficiaryId: string, now: Date): Promise<Standing> {
  const { plan, amountRule } = scheduled;
  const rates = ratesOf(amountRule).map(({ fromSize, ...rate }) => ({ ...rate, from_size: fromSize }));
  const row = await db.first<Omit<Standing, 'rate'> & { rate: string | null }>(sql`
    with rates as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rates)}::jsonb) as t (from_size int, tier text, amount numeric)
    )
    select t.amount::text as rate, case when r.state = 'merged' then 'merged' when r.state is distinct from 'enrolled' then 'not_enrolled'
      when not r.is_eligible then 'not_eligible' end as reason
    from ${recordAt(scheduled, sql`${beneficiaryId}::uuid`, sql`${now}::timestamptz`)} r
    left join lateral (select t.amount from rates t where ${rateOf(amountRule)} limit 1) t on true`);
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
