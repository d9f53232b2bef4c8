import { type Db, sql } from '../platform/index.ts';

/** What the trail calls the pairs and mergers of these records. */
export const pairsInStory = async (db: Db, recordIds: readonly string[]): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      select first_id || '/' || second_id as id from duplicate_pairs where first_id = any(${recordIds}::uuid[]) or second_id = any(${recordIds}::uuid[])
      union all select id::text from mergers where loser_id = any(${recordIds}::uuid[]) or survivor_id = any(${recordIds}::uuid[])`)
  ).map(({ id }) => id);
