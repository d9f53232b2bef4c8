import { recordsOf } from '../../beneficiaries/index.ts';
import { type Db, sql, type Tx } from '../../platform/index.ts';
import { coveredTo } from '../coverage.ts';
import type { Plan } from '../types.ts';
import type { EmergencyTerms } from './types.ts';

export const insertTerms = (tx: Tx, planId: string, { withinDays, namedAmounts = false }: EmergencyTerms): Promise<number> =>
  tx.run(sql`insert into emergency_terms (plan_id, within_days, named_amounts) values (${planId}, ${withinDays}, ${namedAmounts})`);

/** Who of these is in another plan of the programme for the same purpose, under whichever of their records. */
export async function inOtherPlans(db: Db, { id, programmeId, purpose }: Plan, beneficiaryIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.all<{ id: string }>(sql`
    select named.id from unnest(${beneficiaryIds}::uuid[]) as named (id)
    where exists (select from entitlements t join plans p on p.id = t.plan_id
      where t.beneficiary_id = any(${recordsOf(sql`named.id`)}) and p.programme_id = ${programmeId} and purpose_key(p.purpose) = purpose_key(${purpose}) and p.id <> ${id})`);
  return new Set(rows.map((row) => row.id));
}

/** Makes entering the same people wait, so that of two emergencies at once the later sees the earlier. */
export const holdPeople = (tx: Tx, beneficiaryIds: readonly string[]): Promise<unknown> =>
  tx.all(sql`select from beneficiaries where id = any(${beneficiaryIds}::uuid[]) order by id for no key update`);

/** Somebody who is entered, what they are owed and why in spite of another plan. */
export interface EnteredEmergency {
  readonly entitlementId: string;
  readonly beneficiaryId: string;
  readonly householdId: string;
  readonly amount: string;
  /** The amount, if it was said of the person. */
  readonly named: string | null;
  readonly despite: string | null;
}

/** Writes that people were entered, and what they are owed with it. */
export async function insertEntries(
  tx: Tx,
  plan: Plan,
  entered: readonly EnteredEmergency[],
  dueOn: string,
  by: string,
  now: Date,
): Promise<void> {
  const last = await coveredTo(tx, plan, dueOn);
  await tx.insert(
    'emergency_entries',
    entered.map(({ entitlementId, despite, named }) => ({
      entitlement_id: entitlementId,
      due_on: dueOn,
      despite,
      amount: named,
      entered_by: by,
      entered_at: now,
    })),
  );
  await tx.run(sql`
    insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
      covers_to, due_on, amount, currency, created_at)
    select gen_random_uuid(), e."entitlementId", 1, ${plan.id}::uuid, ${plan.kind}, ${plan.programmeId}::uuid, e."beneficiaryId", e."householdId",
      ${plan.purpose}, ${dueOn}::date, ${last}::date, ${dueOn}::date, e.amount, ${plan.currency}, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(entered)}::jsonb)
      as e ("entitlementId" uuid, "beneficiaryId" uuid, "householdId" uuid, amount numeric)`);
}
