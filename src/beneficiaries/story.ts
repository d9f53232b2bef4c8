import { type Db, sql } from '../platform/index.ts';

/** What the trail knows a person by. */
export interface PersonStory {
  readonly programmeId: string;
  /** The person's records: their own, those merged into it, and the one it was merged into. */
  readonly recordIds: readonly string[];
  /** The records, their households, and the file, registration or referral that they came in by. */
  readonly subjectIds: readonly string[];
}

/** Whose story a person's is; undefined when there is no such person. */
export async function personStory(db: Db, beneficiaryId: string): Promise<PersonStory | undefined> {
  const rows = await db.all<{ id: string; householdId: string; sourceId: string | null; programmeId: string }>(sql`
    with own as (select coalesce(merged_into, id) as survivor from beneficiaries where id = ${beneficiaryId}::uuid)
    select b.id, b.household_id as "householdId", b.source_id as "sourceId", h.programme_id as "programmeId"
    from own join beneficiaries b on b.id = own.survivor or b.merged_into = own.survivor join households h on h.id = b.household_id`);
  const [first] = rows;
  return (
    first && {
      programmeId: first.programmeId,
      recordIds: rows.map(({ id }) => id),
      subjectIds: rows.flatMap(({ id, householdId, sourceId }) => [id, householdId, ...(sourceId ? [sourceId] : [])]),
    }
  );
}
