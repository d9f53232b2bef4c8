import { type Db, sql, type Tx } from '../platform/index.ts';
import type { Reason } from './types.ts';

// Who can be paid: the one place where it is decided, when a list is drawn up and again when it is released.

/** An instalment `i` with its entitlement `t`, person `b`, enrolment `n` and programme `p`. */
const owed = sql`instalments i
  join entitlements t on t.id = i.entitlement_id
  join programmes p on p.id = i.programme_id
  join beneficiaries b on b.id = i.beneficiary_id
  left join enrolments n on n.programme_id = i.programme_id and n.beneficiary_id = i.beneficiary_id`;

/** A duplicate pair `d` that nobody has decided and that weighs enough to hold both people. */
const holds = sql`d.state in ('open', 'needs_information') and d.score >= p.hold_threshold`;

/** Why the person of an instalment cannot be paid, or null: the first reason that applies. */
const refusal = sql`case
  when b.merged_into is not null or n.state = 'merged' then 'merged'
  when n.state is distinct from 'enrolled' or b.data_key is null then 'not_enrolled'
  when (select count(*) from consents c where c.beneficiary_id = b.id and c.withdrawn_at is null
    and c.purpose in ('registration', 'share_with_paying_agent')) < 2 then 'no_consent'
  when exists (select from duplicate_pairs d where d.first_id = b.id and ${holds})
    or exists (select from duplicate_pairs d where d.second_id = b.id and ${holds}) then 'duplicate_open'
  when exists (select from payment_list_lines ol
      join instalments oi on oi.id = ol.instalment_id
      join entitlements ot on ot.id = oi.entitlement_id
    where ol.beneficiary_id = b.id and ol.state <> 'returned'
      and oi.programme_id = i.programme_id and oi.purpose = i.purpose and ot.plan_id <> t.plan_id) then 'overlap'
  end`;

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
export const dueInstalments = (db: Db, planId: string, day: string, wilayaNumber: string | undefined): Promise<DueInstalment[]> =>
  db.all<DueInstalment>(sql`
    select i.id as "instalmentId", b.id as "beneficiaryId", i.household_id as "householdId",
      b.registration_number as "registrationNumber", i.amount::text, b.wilaya_number as "wilayaNumber", b.sex, ${refusal} as reason
    from ${owed}
    where t.plan_id = ${planId} and i.due_on <= ${day}::date
      and (${wilayaNumber ?? null}::text is null or b.wilaya_number = ${wilayaNumber ?? null})
      and not exists (select from payment_list_lines l where l.instalment_id = i.id and l.state <> 'returned')
    order by b.registration_number, i.number`);

/**
 * Checks every line of a list again: the good ones become released, the others returned with the reason.
 * A line whose collector can no longer collect is returned too.
 */
export const settleLines = (tx: Tx, listId: string): Promise<number> => tx.run(sql`
  update payment_list_lines l set return_reason = checked.reason,
    state = case when checked.reason is null then 'released' else 'returned' end
  from (
    select l.id, coalesce(${refusal}, case when k.merged_into is not null or k.data_key is null then 'no_collector' end) as reason
    from ${owed}
    join payment_list_lines l on l.instalment_id = i.id
    join beneficiaries k on k.id = l.collector_id
    where l.list_id = ${listId}
  ) checked
  where l.id = checked.id`);
