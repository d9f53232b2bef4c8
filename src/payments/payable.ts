import { hasLostSource } from '../assistance/index.ts';
import { hasWithdrawn, recordsOf } from '../beneficiaries/index.ts';
import { holds } from '../deduplication/index.ts';
import { type Db, type Sql, sql } from '../platform/index.ts';
import type { Kind, Programme } from '../programmes/index.ts';
import { letsThrough } from './filter.ts';
import { type Detail, verdict } from './overlap/index.ts';
import type { ListFilter, Reason } from './types.ts';

// Who can be paid: the one place where it is decided, when a list is drawn up and again when it is released.
// Each condition is a look-up by index, so that it costs the same however old the planner's statistics are.

/** What decides who can be paid. */
export interface Conditions {
  readonly programmeId: string;
  /** Undecided duplicate pairs that score this much or more hold both people. */
  readonly holdThreshold: string;
  /** The version of the programme whose terms decide. */
  readonly terms: number;
}

/** What decides under the terms of a programme. */
export const conditionsOf = ({ programme, version }: { readonly programme: Programme; readonly version: number }): Conditions => ({
  programmeId: programme.id,
  holdThreshold: programme.holdThreshold,
  terms: version,
});

/**
 * Why a person `b` with the enrolment `n` cannot be paid the instalment `i`, which was made out to the record `own`;
 * null when they can. The first reason that applies. What a merged record is owed is its survivor's, as long as it points at them.
 * @param line the line that is being released; null while a list is drawn up
 */
export function refusal({ holdThreshold }: Conditions, line: Sql | null): Sql {
  const held = holds(sql`d`, sql`${holdThreshold}::numeric`);
  // Everybody who is the same person as `b`: what one of them was paid, all of them were.
  const records = recordsOf(sql`b.id`);
  const isOtherList = line ? sql`o.list_id <> ${line}.list_id` : sql`true`;
  return sql`case
    when b.merged_into is not null or n.state = 'merged' then 'merged'
    when coalesce(own.merged_into, own.id) <> b.id then 'not_theirs'
    when ${hasLostSource(sql`i`)} then 'source_cancelled'
    when n.state is distinct from 'enrolled' or b.data_key is null then 'not_enrolled'
    when not exists (select from consents c where c.beneficiary_id = b.id and c.purpose = 'registration' and c.withdrawn_at is null)
      or not exists (select from consents c where c.beneficiary_id = b.id and c.purpose = 'share_with_paying_agent'
        and c.withdrawn_at is null)
      or ${hasWithdrawn(sql`b.id`, ['registration', 'share_with_paying_agent'])} then 'no_consent'
    when exists (select from comparisons_due c where c.beneficiary_id = b.id) then 'comparison_due'
    when exists (select from duplicate_pairs d where d.first_id = b.id and ${held})
      or exists (select from duplicate_pairs d where d.second_id = b.id and ${held}) then 'duplicate_open'
    when exists (select from ${sameInstalments(records)} and exists (select from payment_list_lines o
      left join beneficiaries ob on ob.id = o.beneficiary_id and ob.merged_into is not null
      where o.instalment_id = si.id and o.counts
        -- On the same list, the line of a merged record is returned by the very statement that asks.
        and (${isOtherList} or ob.id is null))) then 'paid_as_other_record'
    when is_told_paid(i.id) or exists (select from ${sameInstalments(records)} and is_told_paid(si.id)) then 'told_paid'
    when own.id <> b.id and exists (select from ${sameInstalments(records)} and (si.beneficiary_id = b.id or si.id < i.id)) then 'merged'
    end`;
}

/** What the same plan owes for the same days as `i` (a tranche: the same) to other records of the same person, as `si`. */
const sameInstalments = (records: Sql): Sql => sql`instalments si
  join entitlements st on st.id = si.entitlement_id and st.plan_id = i.plan_id
  where si.beneficiary_id = any(${records}) and si.entitlement_id <> i.entitlement_id and si.state <> 'withdrawn'
    and case when i.kind = 'reintegration_cash' then (select d.tranche_id from tranche_draws d where d.instalment_id = si.id)
      = (select d.tranche_id from tranche_draws d where d.instalment_id = i.id) else si.covers_from <= i.covers_to and si.covers_to >= i.covers_from end`;

/** Why a person `k` with the enrolment `kn` cannot collect for the person `b`; null when they can. */
export const cannotCollect = sql`case when k.merged_into is not null or k.data_key is null or kn.state is distinct from 'enrolled'
  or k.id <> b.id and (k.household_id <> b.household_id or k.relationship <> 'head') then 'no_collector' end`;

/** An instalment that is due and on no list that counts, and why it cannot be paid, if it cannot. */
export interface DueInstalment {
  readonly instalmentId: string;
  readonly planId: string;
  readonly kind: Kind;
  readonly purpose: string;
  readonly dueOn: string;
  readonly beneficiaryId: string;
  readonly householdId: string;
  readonly registrationNumber: string;
  readonly amount: string;
  readonly wilayaNumber: string;
  readonly sex: string;
  readonly reason: Reason | null;
  readonly detail: Detail | null;
}

/** Which instalments are judged: of these, the ones that a filter lets through. */
export interface Judged {
  readonly ids: readonly string[];
  readonly filter: ListFilter;
  /** The programme's. */
  readonly timeZone: string;
}

/**
 * Says of instalments whether they can be paid, in the order in which they are given. Nobody is paid an instalment that is on a list already:
 * that is asked before.
 */
export const judge = (db: Db, conditions: Conditions, { ids, filter, timeZone }: Judged): Promise<DueInstalment[]> =>
  db.all<DueInstalment>(sql`
  select i.id as "instalmentId", i.plan_id as "planId", i.kind, i.purpose, i.due_on as "dueOn", i.amount::text, b.wilaya_number as "wilayaNumber", b.sex,
    case when r.reason is null then b.id else own.id end as "beneficiaryId",
    b.household_id as "householdId",
    case when r.reason is null then b.registration_number else own.registration_number end as "registrationNumber", r.reason, r.detail
  from unnest(${ids}::uuid[]) with ordinality as due (id, n)
  join instalments i on i.id = due.id
  cross join lateral (select * from beneficiaries where id = i.beneficiary_id limit 1) own
  cross join lateral (select * from beneficiaries where id = coalesce(own.merged_into, own.id) limit 1) b
  left join lateral (select * from enrolments where programme_id = i.programme_id and beneficiary_id = b.id limit 1) n on true
  ${verdict(refusal(conditions, null), conditions.terms, null)}
  where ${letsThrough(filter, timeZone)}
  order by due.n`);
