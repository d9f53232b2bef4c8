import { type Db, Money, type Page, pageOf, sql, type Tx } from '../platform/index.ts';
import type { Owed, Plan, PlanTerms } from './types.ts';

type Row = Omit<Plan, 'createdAt' | keyof PlanTerms> & { readonly createdAt: Date; readonly kept: Nullable<PlanTerms> };
type Nullable<Of> = { readonly [Field in keyof Of]: Of[Field] | null };

const columns = sql`id, programme_id as "programmeId", programme_version as "programmeVersion", kind, name, purpose, currency,
  created_at as "createdAt", jsonb_build_object('amountRule', amount_rule, 'dueOn', due_on, 'startsOn', starts_on, 'endsOn', ends_on,
    'every', every, 'everyDays', every_days, 'dueAt', due_at, 'isOpen', case when every is not null then is_open end,
    'scorecardId', scorecard_id, 'terms', nullif(terms, '{}')) as kept`;

const planOf = ({ kept, createdAt, ...row }: Row): Plan => ({
  ...row,
  ...(Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== null)) as PlanTerms),
  createdAt: createdAt.toISOString(),
});

export async function insertPlan(tx: Tx, plan: Plan, createdBy: string): Promise<void> {
  await tx.insert('plans', [
    {
      id: plan.id,
      programme_id: plan.programmeId,
      programme_version: plan.programmeVersion,
      kind: plan.kind,
      name: plan.name,
      purpose: plan.purpose,
      amount_rule: plan.amountRule,
      currency: plan.currency,
      due_on: plan.dueOn,
      starts_on: plan.startsOn,
      ends_on: plan.endsOn,
      every: plan.every,
      every_days: plan.everyDays,
      due_at: plan.dueAt,
      is_open: plan.isOpen ?? false,
      terms: plan.terms ?? {},
      scorecard_id: plan.scorecardId,
      created_by: createdBy,
      created_at: plan.createdAt,
    },
  ]);
}

/** How many people a plan entitles, and what it owes them by now. */
export async function owedBy(db: Db, { id, currency }: Pick<Plan, 'id' | 'currency'>): Promise<Owed> {
  const row = await db.first<{ entitled: number; total: string }>(sql`
    select (select count(*)::int from entitlements where plan_id = ${id}) as entitled,
      (select coalesce(sum(amount), 0)::text from instalments where plan_id = ${id} and state = 'due') as total`);
  return { entitled: row?.entitled ?? 0, total: Money.of(row?.total ?? '0', currency).toJSON() };
}

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

/** The names of a scorecard's tiers; undefined when it is not one of the programme's. */
export async function tiersOfScorecard(db: Db, programmeId: string, scorecardId: string): Promise<string[] | undefined> {
  const row = await db.first<{ tiers: { name: string }[] | null }>(
    sql`select definition -> 'tiers' as tiers from scorecards where id = ${scorecardId} and programme_id = ${programmeId}`,
  );
  return row && (row.tiers ?? []).map(({ name }) => name);
}
