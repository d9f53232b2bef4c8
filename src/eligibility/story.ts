import { type Db, sql } from '../platform/index.ts';

/** The scorecards and runs under which these records were assessed. */
export const assessmentsInStory = async (db: Db, recordIds: readonly string[]): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      select distinct unnest(array[a.scorecard_id, r.id]) as id from assessments a
      left join assessment_runs r on r.scorecard_id = a.scorecard_id and r.number = a.run_number
      where a.beneficiary_id = any(${recordIds}::uuid[])`)
  ).flatMap(({ id }) => id ?? []);
