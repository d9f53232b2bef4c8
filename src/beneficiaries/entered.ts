import { type Db, sql } from '../platform/index.ts';

/** The people who were entered from some rows of a source, in the order of the rows. @param after the row before the first @param through the last */
export async function enteredFrom(db: Db, sourceId: string, after: number, through: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`select id from beneficiaries where source_id = ${sourceId} and source_row > ${after} and source_row <= ${through} order by source_row`,
  );
  return rows.map(({ id }) => id);
}

/** Which of these references name a household of the programme. */
export async function knownHouseholds(db: Db, programmeId: string, references: readonly string[]): Promise<Set<string>> {
  const rows = await db.all<{ reference: string }>(
    sql`select reference from households where programme_id = ${programmeId} and reference = any(${references}::text[])`,
  );
  return new Set(rows.map(({ reference }) => reference));
}

/** Lets the planner know how many people there are now, after so many came at once that it would go through all of them until it looks by itself. */
export const analyzePeople = async (db: Db): Promise<void> => {
  await db.first(sql`select analyze_people()`);
};
