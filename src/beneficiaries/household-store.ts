import { type Db, newId, sql, type Tx } from '../platform/index.ts';
import type { SealedPerson } from './sealing.ts';
import type { EnrolmentState, Relationship, Sex } from './types.ts';

/** A household as people name it when they are registered. */
export interface NamedHousehold {
  readonly reference: string;
  readonly size: number;
  /** Who says that they are its head. */
  readonly headId?: string | null;
}

/** A household as it is registered. */
export interface StandingHousehold {
  readonly isHeaded: boolean;
  readonly size: number;
}

/** The households that these references name, by reference; nobody else changes one of them until the transaction ends. */
export async function standingHouseholds(
  tx: Tx,
  programmeId: string,
  references: readonly string[],
): Promise<Map<string, StandingHousehold>> {
  const rows = await tx.all<
    StandingHousehold & { reference: string }
  >(sql`select reference, head_id is not null as "isHeaded", size from households
    where programme_id = ${programmeId} and reference = any(${references}::text[]) order by reference for no key update`);
  return new Map(rows.map(({ reference, ...household }) => [reference, household]));
}

/** What a change of a household needs beside the change. */
export interface Hand {
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

/**
 * The households of these references, made where there is none yet; one that is there keeps its size, and its head if it has one. That
 * a household gets the head it did not have is a change of it, and kept as one.
 * @returns ids by reference
 */
export async function ensureHouseholds(
  tx: Tx,
  programmeId: string,
  households: readonly NamedHousehold[],
  { reason, by, at }: Hand,
): Promise<Map<string, string>> {
  const heads = new Map([...households].reverse().flatMap(({ reference, headId }) => (headId ? [[reference, headId] as const] : [])));
  const distinct = [...new Map([...households].reverse().map((household) => [household.reference, household])).values()]
    .sort((a, b) => (a.reference < b.reference ? -1 : 1))
    .map(({ reference, size }) => ({ id: newId(), reference, size, head_id: heads.get(reference) ?? null }));
  tx.defer(sql`with ensured as (
      insert into households as known (id, programme_id, reference, size, head_id, created_at)
      select id, ${programmeId}, reference, size, head_id, ${at}
      from jsonb_to_recordset(${JSON.stringify(distinct)}::jsonb) as h (id uuid, reference text, size int, head_id uuid)
      on conflict (programme_id, reference) do update set head_id = excluded.head_id, version = known.version + 1
        where known.head_id is null and excluded.head_id is not null
      returning id, version, size, head_id)
    insert into household_changes (household_id, version, size_before, size_after, head_before, head_after, reason, changed_by, changed_at)
    select id, version, size, size, null, head_id, ${reason}, ${by}::uuid, ${at}::timestamptz from ensured where version > 1`);
  const rows = await tx.all<{ id: string; reference: string }>(sql`select id, reference from households
    where programme_id = ${programmeId} and reference = any(${distinct.map(({ reference }) => reference)}::text[])`);
  return new Map(rows.map(({ id, reference }) => [reference, id]));
}

export interface HouseholdRow {
  readonly id: string;
  readonly programmeId: string;
  readonly reference: string;
  readonly size: number;
  readonly headId: string | null;
  readonly version: number;
}

const columns = sql`id, programme_id as "programmeId", reference, size, head_id as "headId", version`;

export const findHousehold = (db: Db, id: string): Promise<HouseholdRow | undefined> =>
  db.first(sql`select ${columns} from households where id = ${id}`);

/** A household that nobody else changes until the transaction ends. */
export const lockHousehold = (tx: Tx, id: string): Promise<HouseholdRow | undefined> =>
  tx.first(sql`select ${columns} from households where id = ${id} for no key update`);

export const householdNamed = (tx: Tx, programmeId: string, reference: string): Promise<HouseholdRow | undefined> =>
  tx.first(sql`select ${columns} from households where programme_id = ${programmeId} and reference = ${reference} for no key update`);

/** Changes a household that has been locked, and keeps what was before. @returns the household as it is now */
export async function updateHousehold(
  tx: Tx,
  before: HouseholdRow,
  change: { readonly size?: number | undefined; readonly headId?: string | null | undefined },
  { reason, by, at }: Hand,
): Promise<HouseholdRow> {
  const { size = before.size, headId = before.headId } = change;
  if (size === before.size && headId === before.headId) return before;
  const after = { ...before, size, headId, version: before.version + 1 };
  await tx.run(sql`update households set size = ${size}, head_id = ${headId}, version = ${after.version} where id = ${before.id}`);
  await tx.insert('household_changes', [
    {
      household_id: before.id,
      version: after.version,
      size_before: before.size,
      size_after: size,
      head_before: before.headId,
      head_after: headId,
      reason,
      changed_by: by,
      changed_at: at,
    },
  ]);
  return after;
}

/** Takes the head from the household that somebody heads. @returns its id; undefined when they head none */
export async function takeHeadAway(tx: Tx, headId: string, { reason, by, at }: Hand): Promise<string | undefined> {
  const row = await tx.first<{ id: string }>(sql`with headless as (
      update households h set head_id = null, version = h.version + 1
      where h.id = (select household_id from beneficiaries where id = ${headId}) and h.head_id = ${headId} returning h.id, h.version, h.size)
    insert into household_changes (household_id, version, size_before, size_after, head_before, head_after, reason, changed_by, changed_at)
    select id, version, size, size, ${headId}::uuid, null, ${reason}, ${by}::uuid, ${at}::timestamptz from headless returning household_id as id`);
  return row?.id;
}

/** Gives a household the head back that it had, unless it has another by now. */
export async function giveHeadBack(tx: Tx, householdId: string, headId: string, { reason, by, at }: Hand): Promise<void> {
  await tx.run(sql`with headed as (
      update households h set head_id = ${headId}, version = h.version + 1 where h.id = ${householdId} and h.head_id is null
      returning h.id, h.version, h.size)
    insert into household_changes (household_id, version, size_before, size_after, head_before, head_after, reason, changed_by, changed_at)
    select id, version, size, size, null, ${headId}::uuid, ${reason}, ${by}::uuid, ${at}::timestamptz from headed`);
}

export interface MemberRow extends Pick<SealedPerson, 'data_key' | 'names'> {
  readonly id: string;
  readonly registrationNumber: string;
  readonly state: EnrolmentState;
  readonly sex: Sex;
  readonly relationship: Relationship;
  /** How many there are in all. */
  readonly memberCount: number;
}

/** The members of a household in the order they were registered; records that were merged into others are none. */
export const membersOf = (db: Db, { id, programmeId }: HouseholdRow, limit: number): Promise<MemberRow[]> =>
  db.all(sql`select b.id, b.registration_number as "registrationNumber", e.state, b.sex, b.relationship, b.data_key, b.names,
      count(*) over ()::int as "memberCount"
    from beneficiaries b join enrolments e on e.programme_id = ${programmeId} and e.beneficiary_id = b.id
    where b.household_id = ${id} and b.merged_into is null order by b.id limit ${limit}`);

/** How many records a household has of people who are in the programme, or may be: whoever left it may have left the household as well. */
export async function countMembers(db: Db, { id, programmeId }: HouseholdRow): Promise<number> {
  const row = await db.first<{ count: number }>(sql`select count(*)::int as count from beneficiaries b
    join enrolments e on e.programme_id = ${programmeId} and e.beneficiary_id = b.id
    where b.household_id = ${id} and e.state in ('applicant', 'enrolled', 'suspended')`);
  return row?.count ?? 0;
}

export interface HouseholdChangeRow {
  readonly version: number;
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  readonly headBefore: string | null;
  readonly headAfter: string | null;
  readonly reason: string;
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** What was changed of a household, the latest first. */
export const householdChanges = (db: Db, householdId: string, limit: number): Promise<HouseholdChangeRow[]> =>
  db.all(sql`select version, size_before as "sizeBefore", size_after as "sizeAfter", head_before as "headBefore",
      head_after as "headAfter", reason, changed_by as "changedBy", changed_at as "changedAt"
    from household_changes where household_id = ${householdId} order by version desc limit ${limit}`);
