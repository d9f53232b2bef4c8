import type { Group } from '../../funding/index.ts';
import { allOf, beginAgainOn, type Db, Money, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Bounds } from '../amounts.ts';
import type { Plan } from '../types.ts';
import type { AssistedPorts, LeftOutCode, TopUpRule, TopUpTerms } from './types.ts';

export const insertTerms = (tx: Tx, planId: string, currency: string, { reason, amount, percentage, dueOn }: TopUpTerms): Promise<number> =>
  tx.run(sql`insert into top_up_terms (plan_id, reason, amount, percentage, currency, due_on)
    values (${planId}, ${reason}, ${amount ?? null}, ${percentage ?? null}, ${currency}, ${dueOn})`);

export async function findTerms(db: Db, planId: string): Promise<TopUpTerms> {
  const row = await db.first<Record<'reason' | 'dueOn', string> & Record<'amount' | 'percentage', string | null>>(sql`
    select reason, amount::text, percentage::text, due_on as "dueOn" from top_up_terms where plan_id = ${planId}`);
  if (!row) throw new Error('a plan of top-ups without its terms');
  return {
    reason: row.reason,
    dueOn: row.dueOn,
    ...(row.amount === null ? { percentage: row.percentage ?? '0' } : { amount: row.amount }),
  };
}

/** What the terms `terms` add to the instalment `source`; the database checks the same of every instalment. */
const topUp = sql`coalesce(terms.amount, round_half_even(source.amount * terms.percentage / 100, minor_units(source.currency)))`;

/** Why an amount is not paid, if it is not: a {@link LeftOutCode} or null. */
const whyNot = ({ least, most }: Bounds): Sql => sql`case when amount = 0 then 'comes_to_nothing'
  when amount < ${least?.toString() ?? null}::numeric then 'below_least' when amount > ${most?.toString() ?? null}::numeric then 'above_most' end`;

const isToppedUp = sql`exists (select from instalments o where o.tops_up_id = source.id and o.top_up_reason = terms.reason
  and (o.state <> 'withdrawn' or is_given_up(o.id)))`;

/** The groups that somebody of a released line `a` is of, as funds are earmarked for them: women and men are those of age. */
const isOf: Readonly<Record<Group, Sql>> = {
  children: sql`a.age_band in ('0-5', '6-11', '12-17')`,
  women: sql`a.sex = 'female' and a.age_band in ('18-59', '60+')`,
  men: sql`a.sex = 'male' and a.age_band in ('18-59', '60+')`,
  older_people: sql`a.age_band = '60+'`,
  people_with_disability: sql`a.has_disability`,
};

/** The instalments `source` that a rule means, with the terms `terms`. What is a top-up itself is never one of them. */
function meant(plan: Plan, rule: TopUpRule, ports: AssistedPorts): Sql {
  const { planIds, wilayas, groups, tiers } = rule;
  const conditions = [
    sql`source.tops_up_id is null and source.state <> 'withdrawn'`,
    ...(planIds ? [sql`source.plan_id = any(${planIds}::uuid[])`] : []),
    ...(wilayas ? [sql`a.wilaya_number = any(${wilayas}::text[])`] : []),
    ...(groups ? [groups.map((group) => isOf[group]).reduce((any, next) => sql`${any} or ${next}`, sql`false`)] : []),
    // As it was found when what is topped up fell due, not as it is found today.
    ...(tiers
      ? [
          sql`(select s.tier from assessments s where s.scorecard_id = ${tiers.scorecardId}::uuid and s.beneficiary_id = source.beneficiary_id
            and s.assessed_at < (source.due_on + 1)::timestamp at time zone p.time_zone order by s.number desc limit 1) = any(${tiers.names}::text[])`,
        ]
      : []),
  ].map((condition) => sql`(${condition})`);
  return sql`from (${ports.assisted(rule.assisted, plan.programmeId, rule.from, rule.to)}) a
    join instalments source on source.id = a.instalment_id
    join top_up_terms terms on terms.plan_id = ${plan.id}
    join programmes p on p.id = ${plan.programmeId}::uuid
    where ${allOf(conditions)}`;
}

interface Counted {
  readonly count: number;
  readonly total: string;
}

/** What a rule comes to: what would be topped up and by how much, what was before, and what is not, by why. */
export interface Meant extends Counted {
  readonly already: number;
  readonly comesToNothing: number;
  readonly outOfBounds: number;
  /** The first of those that are not. */
  readonly leftOut: readonly { readonly instalmentId: string; readonly code: LeftOutCode }[];
}

/** @param shown how many of those that are not topped up are named */
export async function countMeant(db: Db, plan: Plan, bounds: Bounds, rule: TopUpRule, ports: AssistedPorts, shown: number): Promise<Meant> {
  const row = await db.first<Meant>(sql`
    with found as (
      select id, topped, amount, case when not topped then ${whyNot(bounds)} end as code
      from (select source.id, ${topUp} as amount, ${isToppedUp} as topped ${meant(plan, rule, ports)}) one
    )
    select count(*) filter (where not topped and code is null)::int as count,
      coalesce(sum(amount) filter (where not topped and code is null), 0)::text as total,
      count(*) filter (where topped)::int as already, count(*) filter (where code = 'comes_to_nothing')::int as "comesToNothing",
      count(*) filter (where code in ('below_least', 'above_most'))::int as "outOfBounds",
      (select coalesce(jsonb_agg(jsonb_build_object('instalmentId', n.id, 'code', n.code) order by n.id), '[]')
        from (select id, code from found where code is not null order by id limit ${shown}) n) as "leftOut"
    from found`);
  if (!row) throw new Error('a count is a row');
  return row;
}

/** What is to be topped up of what a statement chooses as `source`, with its terms. */
const toppable = (bounds: Bounds, chosen: Sql): Sql => sql`(
  select * from (
    select source.id, source.beneficiary_id, source.household_id, source.covers_from, source.covers_to, source.currency, terms.due_on,
      terms.reason, ${topUp} as amount ${chosen} and not ${isToppedUp}
  ) one where ${whyNot(bounds)} is null
)`;

/** Enters those in a plan whose instalments a statement chooses. */
const entitleChosen = (tx: Tx, { id }: Plan, bounds: Bounds, chosen: Sql, now: Date): Promise<number> =>
  tx.run(sql`
    insert into entitlements (id, plan_id, beneficiary_id, created_at)
    select gen_random_uuid(), ${id}::uuid, found.beneficiary_id, ${now}::timestamptz
    from (select distinct beneficiary_id from ${toppable(bounds, chosen)} t) found
    order by found.beneficiary_id on conflict (plan_id, beneficiary_id) do nothing`);

/** Tops up the instalments that a statement chooses, as far as nobody else is doing so at this moment: once is enough. */
const insertion = ({ id, kind, programmeId, purpose }: Plan, bounds: Bounds, chosen: Sql, now: Date): Sql => sql`
  insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
    covers_to, due_on, amount, currency, created_at, tops_up_id, top_up_reason)
  select gen_random_uuid(), t.id,
    (select coalesce(max(e.number), 0) from instalments e where e.entitlement_id = t.id) + row_number() over (partition by t.id order by found.id),
    ${id}::uuid, ${kind}, ${programmeId}::uuid, found.beneficiary_id, found.household_id, ${purpose}, found.covers_from, found.covers_to,
    found.due_on, found.amount, found.currency, ${now}::timestamptz, found.id, found.reason
  from ${toppable(bounds, chosen)} found
  join entitlements t on t.plan_id = ${id} and t.beneficiary_id = found.beneficiary_id
  on conflict (tops_up_id, top_up_reason) where tops_up_id is not null and state <> 'withdrawn' do nothing`;

const cancelledMeanwhile = beginAgainOn(['instalments_top_up_of_released'], 'what is topped up was cancelled meanwhile');

/** Tops up what a rule means. @returns how many instalments, and by how much */
export async function insertMeant(tx: Tx, plan: Plan, bounds: Bounds, rule: TopUpRule, ports: AssistedPorts, now: Date): Promise<Counted> {
  const chosen = meant(plan, rule, ports);
  await entitleChosen(tx, plan, bounds, chosen, now);
  const row = await tx
    .first<Counted>(sql`
    with made as (${insertion(plan, bounds, chosen, now)} returning amount)
    select count(*)::int as count, coalesce(sum(amount), 0)::text as total from made`)
    .catch(cancelledMeanwhile);
  return row ?? { count: 0, total: '0' };
}

/** Tops up these instalments. @returns what was made, by what it tops up */
export async function insertNamed(
  tx: Tx,
  plan: Plan,
  bounds: Bounds,
  sourceIds: readonly string[],
  now: Date,
): Promise<Map<string, { id: string; amount: Money }>> {
  const chosen = sql`from instalments source join top_up_terms terms on terms.plan_id = ${plan.id} where source.id = any(${sourceIds}::uuid[])`;
  await entitleChosen(tx, plan, bounds, chosen, now);
  const rows = await tx
    .all<{ id: string; sourceId: string; amount: string; currency: string }>(
      sql`${insertion(plan, bounds, chosen, now)} returning id, tops_up_id as "sourceId", amount::text, currency`,
    )
    .catch(cancelledMeanwhile);
  return new Map(rows.map(({ id, sourceId, amount, currency }) => [sourceId, { id, amount: Money.of(amount, currency) }]));
}
