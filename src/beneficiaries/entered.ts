import { type Db, sql } from '../platform/index.ts';

/** The people who were entered from some rows of a source, in the order of the rows. @param after the row before the first @param through the last */
export async function enteredFrom(db: Db, sourceId: string, after: number, through: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`select id from beneficiaries where source_id = ${sourceId} and source_row > ${after} and source_row <= ${through} order by source_row`,
  );
  return rows.map(({ id }) => id);
}

/** A household as whoever was registered first under its reference has begun it. */
export interface BegunHousehold {
  readonly id: string;
  readonly reference: string;
  readonly headId: string | null;
  /** The file or partner that the head came from. */
  readonly headSourceId: string | null;
  /** And the row of the file. */
  readonly headRow: number | null;
  readonly sourceId: string | null;
  readonly registeredBy: string;
}

/** The households of these references in which somebody is, by reference. */
export async function begunHouseholds(db: Db, programmeId: string, references: readonly string[]): Promise<Map<string, BegunHousehold>> {
  const rows =
    await db.all<BegunHousehold>(sql`select h.id, h.reference, h.head_id as "headId", head.source_id as "headSourceId", head.source_row as "headRow",
      first.source_id as "sourceId", first.registered_by as "registeredBy"
    from households h left join beneficiaries head on head.id = h.head_id
    cross join lateral (
      -- The few of a household put in order, and never everybody there is gone through in order until one of the household comes.
      select source_id, registered_by from (select id, source_id, registered_by, registered_at from beneficiaries where household_id = h.id offset 0) members
      order by registered_at, id limit 1
    ) first
    where h.programme_id = ${programmeId} and h.reference = any(${references}::text[])`);
  return new Map(rows.map((household) => [household.reference, household]));
}

/** In which household each of these people is. @returns households by person */
export async function householdsOfPeople(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.all<{ id: string; householdId: string }>(
    sql`select id, household_id as "householdId" from beneficiaries where id = any(${ids}::uuid[])`,
  );
  return new Map(rows.map(({ id, householdId }) => [id, householdId]));
}

/** The households of the programme that these references name, by reference. */
export async function knownHouseholds(
  db: Db,
  programmeId: string,
  references: readonly string[],
): Promise<Map<string, { id: string; size: number }>> {
  const rows = await db.all<{ id: string; reference: string; size: number }>(
    sql`select id, reference, size from households where programme_id = ${programmeId} and reference = any(${[...new Set(references)]}::text[])`,
  );
  return new Map(rows.map(({ reference, ...household }) => [reference, household]));
}

/** Lets the planner know how many people there are now, after so many came at once that it would go through all of them until it looks by itself. */
export const analyzePeople = async (db: Db): Promise<void> => {
  await db.first(sql`select analyze_people()`);
};
