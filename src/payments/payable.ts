import type { Plan } from '../assistance/index.ts';
import { hasWithdrawn, recordsOf } from '../beneficiaries/index.ts';
import { holds } from '../deduplication/index.ts';
import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Reason } from './types.ts';

// Who can be paid: the one place where it is decided, when a list is drawn up and again when it is released.
// Each condition is a look-up by index, so that it costs the same however old the planner's statistics are.

/** What decides who can be paid. */
export interface Conditions {
  readonly plan: Pick<Plan, 'id' | 'programmeId' | 'purpose'>;
  /** Undecided duplicate pairs that score this much or more hold both people. */
  readonly holdThreshold: string;
}

/**
 * Why a person `b` with the enrolment `n` cannot be paid the instalment `i`, which was made out to the record `own`; null when they can.
 * The first reason that applies. What a merged record is owed is its survivor's, as long as it points at them.
 * @param list the list that is being released; null while one is drawn up
 */
function refusal({ plan, holdThreshold }: Conditions, listId: string | null): Sql {
  const held = holds(sql`d`, sql`${holdThreshold}::numeric`);
  // Everybody who is the same person as `b`: what one of them was paid, all of them were.
  const records = recordsOf(sql`b.id`);
  return sql`case
    when b.merged_into is not null or n.state = 'merged' then 'merged'
    when coalesce(own.merged_into, own.id) <> b.id then 'not_theirs'
    when n.state is distinct from 'enrolled' or b.data_key is null then 'not_enrolled'
    when not exists (select from consents c where c.beneficiary_id = b.id and c.purpose = 'registration' and c.withdrawn_at is null)
      or not exists (select from consents c where c.beneficiary_id = b.id and c.purpose = 'share_with_paying_agent'
        and c.withdrawn_at is null)
      or ${hasWithdrawn(sql`b.id`, ['registration', 'share_with_paying_agent'])} then 'no_consent'
    when exists (select from comparisons_due c where c.beneficiary_id = b.id) then 'comparison_due'
    when exists (select from duplicate_pairs d where d.first_id = b.id and ${held})
      or exists (select from duplicate_pairs d where d.second_id = b.id and ${held}) then 'duplicate_open'
    when exists (select from ${sameInstalments(records, plan.id)} and exists (select from payment_list_lines o
      left join beneficiaries ob on ob.id = o.beneficiary_id and ob.merged_into is not null
      where o.instalment_id = si.id and o.state <> 'returned'
        -- On the same list, the line of a merged record is returned by the very statement that asks.
        and (o.list_id is distinct from ${listId}::uuid or ob.id is null))) then 'paid_as_other_record'
    when own.id <> b.id and exists (select from ${sameInstalments(records, plan.id)} and (si.beneficiary_id = b.id or si.id < i.id)) then 'merged'
    when exists (select from payment_list_lines o where o.beneficiary_id = any(${records}) and o.state <> 'returned'
      and o.list_id = any(array(select ol.id from payment_lists ol join plans op on op.id = ol.plan_id
        where op.programme_id = ${plan.programmeId} and op.purpose = ${plan.purpose} and op.id <> ${plan.id}))) then 'overlap'
    end`;
}

/** The same instalment `si` of the plan as `i`, owed to other records of the same person. */
const sameInstalments = (records: Sql, planId: string): Sql => sql`instalments si
  join entitlements st on st.id = si.entitlement_id and st.plan_id = ${planId}
  where si.beneficiary_id = any(${records}) and si.number = i.number and si.id <> i.id`;

/** An instalment that is due and on no list that counts, and why it cannot be paid, if it cannot. */
export interface DueInstalment {
  readonly instalmentId: string;
  readonly beneficiaryId: string;
  readonly householdId: string;
  readonly registrationNumber: string;
  readonly amount: string;
  readonly wilayaNumber: string;
  readonly sex: string;
  readonly reason: Reason | null;
}

/** A plan's instalments due by a day, by registration number. */
export const dueInstalments = (db: Db, conditions: Conditions, day: string, wilayaNumber: string | undefined): Promise<DueInstalment[]> =>
  db.all<DueInstalment>(sql`
  select i.id as "instalmentId", b.id as "beneficiaryId", case when own.id = b.id then i.household_id else b.household_id end as "householdId",
    case when r.reason is null then b.registration_number else own.registration_number end as "registrationNumber",
    i.amount::text, b.wilaya_number as "wilayaNumber", b.sex, r.reason
  from entitlements t
  join instalments i on i.entitlement_id = t.id
  join beneficiaries own on own.id = i.beneficiary_id
  join beneficiaries b on b.id = coalesce(own.merged_into, own.id)
  left join enrolments n on n.programme_id = i.programme_id and n.beneficiary_id = b.id
  -- Worked out once for each instalment, though it is asked for twice.
  cross join lateral (select ${refusal(conditions, null)} as reason offset 0) r
  where t.plan_id = ${conditions.plan.id} and i.due_on <= ${day}::date
    and (${wilayaNumber ?? null}::text is null or b.wilaya_number = ${wilayaNumber ?? null})
    and not exists (select from payment_list_lines l where l.instalment_id = i.id and l.state <> 'returned')
  order by b.registration_number, i.number`);

/**
 * Checks every line of a list again: the good ones become released, the others returned with the reason.
 * A line whose collector can no longer collect is returned too.
 */
export const settleLines = (tx: Tx, listId: string, conditions: Conditions): Promise<number> =>
  tx.run(sql`
  update payment_list_lines l set return_reason = checked.reason,
    state = case when checked.reason is null then 'released' else 'returned' end
  from (
    select l.id,
      coalesce(${refusal(conditions, listId)}, case when k.merged_into is not null or k.data_key is null or kn.state is distinct from 'enrolled' then 'no_collector' end) as reason
    from payment_list_lines l
    join instalments i on i.id = l.instalment_id
    join beneficiaries own on own.id = i.beneficiary_id
    join beneficiaries b on b.id = l.beneficiary_id
    join beneficiaries k on k.id = l.collector_id
    left join enrolments n on n.programme_id = ${conditions.plan.programmeId} and n.beneficiary_id = b.id
    left join enrolments kn on kn.programme_id = ${conditions.plan.programmeId} and kn.beneficiary_id = k.id
    where l.list_id = ${listId}
  ) checked
  where l.id = checked.id`);

/** Whether any of these people was put on a list that counts, or on one that was released, since a moment. */
export const listedSince = async (db: Db, beneficiaryIds: readonly string[], since: Date): Promise<boolean> =>
  (await db.first(sql`select from payment_list_lines l join payment_lists p on p.id = l.list_id
    where l.beneficiary_id = any(${beneficiaryIds}::uuid[]) and l.state <> 'returned' and (p.created_at >= ${since} or p.released_at >= ${since})
    limit 1`)) !== undefined;
