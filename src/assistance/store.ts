import { type Db, Money, type Page, pageOf, sql, type Tx } from '../platform/index.ts';
import { tiersOf } from './rules.ts';
import type { Owed, Plan } from './types.ts';

type Row = Omit<Plan, 'createdAt'> & { readonly createdAt: Date };

const columns = sql`id, programme_id as "programmeId", kind, name, purpose, amount_rule as "amountRule", currency, due_on as "dueOn",
  scorecard_id as "scorecardId", created_at as "createdAt"`;

const planOf = (row: Row): Plan => ({ ...row, createdAt: row.createdAt.toISOString() });

export async function insertPlan(tx: Tx, plan: Plan, createdBy: string): Promise<void> {
  const { id, programmeId, kind, name, purpose, amountRule, currency, dueOn, scorecardId, createdAt } = plan;
  await tx.insert('plans', [
    {
      id,
      programme_id: programmeId,
      kind,
      name,
      purpose,
      amount_rule: amountRule,
      currency,
      due_on: dueOn,
      scorecard_id: scorecardId,
      created_by: createdBy,
      created_at: createdAt,
    },
  ]);
}

/** Entitles everybody enrolled whom the plan's scorecard found eligible, with one instalment each. */
export async function entitle(tx: Tx, plan: Plan): Promise<Owed> {
  const tiers = tiersOf(plan.amountRule).map(({ fromSize, amount }) => ({ from_size: fromSize, amount }));
  const row = await tx.first<{ entitled: number; total: string }>(sql`
    with tiers as (
      select * from jsonb_to_recordset(${JSON.stringify(tiers)}::jsonb) as t (from_size int, amount numeric)
    ), owed as (
      select gen_random_uuid() as entitlement_id, b.id as beneficiary_id, b.household_id, tier.amount
      from current_assessments a
      join enrolments n on n.programme_id = ${plan.programmeId}::uuid and n.beneficiary_id = a.beneficiary_id and n.state = 'enrolled'
      join beneficiaries b on b.id = a.beneficiary_id and b.merged_into is null
      join households h on h.id = b.household_id
      cross join lateral (select t.amount from tiers t where t.from_size <= h.size order by t.from_size desc limit 1) tier
      where a.scorecard_id = ${plan.scorecardId}::uuid and a.outcome = 'eligible'
    ), entitled as (
      insert into entitlements (id, plan_id, beneficiary_id, created_at)
      select entitlement_id, ${plan.id}::uuid, beneficiary_id, ${plan.createdAt}::timestamptz from owed
    ), due as (
      insert into instalments (id, entitlement_id, number, programme_id, beneficiary_id, household_id, purpose, due_on, amount,
        currency, created_at)
      select gen_random_uuid(), entitlement_id, 1, ${plan.programmeId}::uuid, beneficiary_id, household_id, ${plan.purpose}::text,
        ${plan.dueOn}::date, amount, ${plan.currency}::text, ${plan.createdAt}::timestamptz from owed
      returning amount
    )
    select count(*)::int as entitled, coalesce(sum(amount), 0)::text as total from due`);
  return owedOf(row, plan.currency);
}

export async function owedBy(db: Db, { id, currency }: Plan): Promise<Owed> {
  const row = await db.first<{ entitled: number; total: string }>(sql`
    select count(distinct t.id)::int as entitled, coalesce(sum(i.amount), 0)::text as total
    from entitlements t join instalments i on i.entitlement_id = t.id where t.plan_id = ${id}`);
  return owedOf(row, currency);
}

const owedOf = (row: { entitled: number; total: string } | undefined, currency: string): Owed => ({
  entitled: row?.entitled ?? 0,
  total: Money.of(row?.total ?? '0', currency).toJSON(),
});

export async function findPlan(db: Db, id: string): Promise<Plan | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from plans where id = ${id}`);
  return row && planOf(row);
}

export async function pageOfPlans(db: Db, programmeId: string, limit: number, after: string | undefined): Promise<Page<Plan>> {
  const rows = await db.all<Row>(sql`select ${columns} from plans
    where programme_id = ${programmeId} and (${after ?? null}::text is null or name > ${after ?? null})
    order by name limit ${limit + 1}`);
  return pageOf(rows.map(planOf), limit, ({ name }) => name);
}

/** Whether a scorecard is one of a programme's. */
export async function isScorecardOf(db: Db, programmeId: string, scorecardId: string): Promise<boolean> {
  return (await db.first(sql`select from scorecards where id = ${scorecardId} and programme_id = ${programmeId}`)) !== undefined;
}
