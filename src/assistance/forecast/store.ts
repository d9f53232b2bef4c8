import { type Db, Money, sql } from '../../platform/index.ts';
import { rateFor, ratesOfRule } from '../schedule/rates.ts';
import type { Scheduled } from '../schedule/scheduled.ts';
import type { Alike } from './rules.ts';

/** What instalments were made out for, by the month in which they are due. */
export async function madeOutByMonth(db: Db, planId: string): Promise<{ month: string; total: string; instalments: number }[]> {
  return db.all(sql`select to_char(due_on, 'YYYY-MM') as month, sum(amount)::text as total, count(*)::int as instalments
    from instalments where plan_id = ${planId} and state = 'due' group by 1 order by 1`);
}

/** The plan's people as they stand now, those who are owed the same together; for a plan that has not begun, those who would join it. */
export async function alikeNow(db: Db, { plan, amountRule, schedule }: Scheduled, hasBegun: boolean): Promise<Alike[]> {
  const endsOn = sql`least(e.ends_on, ${schedule.endsOn}::date)`;
  const named = sql`select e.beneficiary_id, e.starts_on, ${endsOn} as ends_on, case when e.changes > 0 then (select c.amount from entitlement_changes c
      where c.entitlement_id = e.id and c.kind = 'amount' order by c.number desc limit 1) end as amount
    from entitlements e where e.plan_id = ${plan.id} and e.state = 'active'`;
  const joining =
    hasBegun || !plan.scorecardId
      ? sql``
      : sql`union all select n.beneficiary_id, ${schedule.startsOn}::date, ${schedule.endsOn}::date, null::numeric from enrolments n
        where n.programme_id = ${plan.programmeId} and n.state = 'enrolled'
          and not exists (select from entitlements e where e.plan_id = ${plan.id} and e.beneficiary_id = n.beneficiary_id)`;
  const eligible = plan.scorecardId
    ? sql`join current_assessments a on a.scorecard_id = ${plan.scorecardId} and a.beneficiary_id = w.beneficiary_id and a.outcome = 'eligible'`
    : sql``;
  const rows = await db.all<Omit<Alike, 'rate'> & { rate: string }>(sql`
    with ${ratesOfRule(amountRule)}, whom as (${named} ${joining})
    select starts_on as "startsOn", ends_on as "endsOn", rate::text, count(*)::int as people
    from (
      select w.starts_on, w.ends_on, coalesce(w.amount, t.amount) as rate
      from whom w ${eligible}
      join enrolments n on n.programme_id = ${plan.programmeId} and n.beneficiary_id = w.beneficiary_id and n.state = 'enrolled'
      join beneficiaries b on b.id = w.beneficiary_id
      join households h on h.id = b.household_id
      cross join lateral (select h.size, ${plan.scorecardId ? sql`a.tier` : sql`null::text as tier`}) r
      ${rateFor(amountRule)}
    ) owed where rate is not null group by 1, 2, 3`);
  return rows.map(({ rate, ...row }) => ({ ...row, rate: Money.of(rate, plan.currency) }));
}
