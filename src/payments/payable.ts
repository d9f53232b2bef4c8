import type { Plan } from '../assistance/index.ts';
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

/** Why a person `b` with the enrolment `n` cannot be paid, or null: the first reason that applies. */
function refusal({ plan, holdThreshold }: Conditions): Sql {
  const held = holds(sql`d`, sql`${holdThreshold}::numeric`);
  return sql`case
    when b.merged_into is not null or n.state = 'merged' then 'merged'
    when n.state is distinct from 'enrolled' or b.data_key is null then 'not_enrolled'
    when not exists (select from consents c where c.beneficiary_id = b.id and c.purpose = 'registration' and c.withdrawn_at is null)
      or not exists (select from consents c where c.beneficiary_id = b.id and c.purpose = 'share_with_paying_agent'
        and c.withdrawn_at is null) then 'no_consent'
    when exists (select from duplicate_pairs d where d.first_id = b.id and ${held})
      or exists (select from duplicate_pairs d where d.second_id = b.id and ${held}) then 'duplicate_open'
    when exists (select from payment_list_lines o where o.beneficiary_id = b.id and o.state <> 'returned'
      and o.list_id = any(array(select ol.id from payment_lists ol join plans op on op.id = ol.plan_id
        where op.programme_id = ${plan.programmeId} and op.purpose = ${plan.purpose} and op.id <> ${plan.id}))) then 'overlap'
    end`;
}

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
  select i.id as "instalmentId", b.id as "beneficiaryId", i.household_id as "householdId", b.registration_number as "registrationNumber",
    i.amount::text, b.wilaya_number as "wilayaNumber", b.sex, ${refusal(conditions)} as reason
  from entitlements t
  join instalments i on i.entitlement_id = t.id
  join beneficiaries b on b.id = i.beneficiary_id
  left join enrolments n on n.programme_id = i.programme_id and n.beneficiary_id = b.id
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
      coalesce(${refusal(conditions)}, case when k.merged_into is not null or k.data_key is null then 'no_collector' end) as reason
    from payment_list_lines l
    join beneficiaries b on b.id = l.beneficiary_id
    join beneficiaries k on k.id = l.collector_id
    left join enrolments n on n.programme_id = ${conditions.plan.programmeId} and n.beneficiary_id = b.id
    where l.list_id = ${listId}
  ) checked
  where l.id = checked.id`);
