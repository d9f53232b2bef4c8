import { type Db, sql, type Tx } from '../../platform/index.ts';
import type { NamedPerson, PersonName } from './types.ts';

/**
 * Finds people of a programme by identifier or registration number, in one statement.
 * @returns in the order of the names; undefined for whom the programme does not know
 */
export async function findNamed(db: Db, programmeId: string, names: readonly PersonName[]): Promise<(NamedPerson | undefined)[]> {
  const ids = names.map((name) => ('beneficiaryId' in name ? name.beneficiaryId : null));
  const numbers = names.map((name) => ('registrationNumber' in name ? name.registrationNumber : null));
  const rows = await db.all<NamedPerson & { readonly place: number }>(sql`
    select n.place::int, b.id as "beneficiaryId", b.household_id as "householdId", h.size as "householdSize",
      e.state = 'enrolled' and b.data_key is not null as "isEnrolled"
    from unnest(${ids}::uuid[], ${numbers}::text[]) with ordinality as n (id, number, place)
    left join beneficiaries by_id on by_id.id = n.id
    left join beneficiaries by_number on by_number.registration_number = n.number
    join beneficiaries b on b.id = coalesce(by_id.merged_into, by_id.id, by_number.merged_into, by_number.id)
    join enrolments e on e.programme_id = ${programmeId} and e.beneficiary_id = b.id
    join households h on h.id = b.household_id`);
  const byPlace = new Map(rows.map(({ place, ...person }) => [place, person]));
  return names.map((_name, i) => byPlace.get(i + 1));
}

/**
 * Enters people in a plan. Whoever is in it already, or is being entered at the same moment, is passed over.
 * @returns the entitlement of each who was entered
 */
export async function entitleNew(tx: Tx, planId: string, beneficiaryIds: readonly string[], now: Date): Promise<Map<string, string>> {
  // In one order, so that two requests at once do not wait for each other.
  const rows = await tx.all<{ id: string; beneficiaryId: string }>(sql`
    insert into entitlements (id, plan_id, beneficiary_id, created_at)
    select gen_random_uuid(), ${planId}::uuid, named.id, ${now}::timestamptz from unnest(${beneficiaryIds}::uuid[]) as named (id) order by named.id
    on conflict (plan_id, beneficiary_id) do nothing
    returning id, beneficiary_id as "beneficiaryId"`);
  return new Map(rows.map(({ id, beneficiaryId }) => [beneficiaryId, id]));
}
