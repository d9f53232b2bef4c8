import { type Db, type Sql, sql } from '../../../platform/index.ts';
import { isUntouched } from '../../exceptions/closing.ts';
import { namedByLine } from './missing.ts';

/** Exceptions `e` that a statement of a programme does not list a record, any or these alone. */
const missing = (programmeId: string, only: readonly string[] | undefined): Sql => sql`
  e.programme_id = ${programmeId} and e.kind = 'ours_not_in_statement' and e.statement_line_id is null
    and ${only ? sql`(e.payout_id = any(${only}::uuid[]) or e.record_id = any(${only}::uuid[]))` : sql`true`}`;

/** That some line has claimed the record of an exception `e`: one step into an index, however many there are. */
const isClaimed = sql`(select true from statement_match_targets t
  where t.target_type = coalesce(e.record_type, 'payout') and t.target_id = coalesce(e.record_id, e.payout_id) limit 1) is not null`;

/**
 * Exceptions, whichever statement opened them, that say that something of ours is missing which a line of any has claimed by now, or which
 * does not stand any more. Not those of cash that whoever takes them back had a hand in.
 * @param by in whose name they would be taken back
 */
export const noLongerMissing = async (
  db: Db,
  programmeId: string,
  by: string,
  { limit = null, only }: { readonly limit?: number | null; readonly only?: readonly string[] },
): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      select e.id from exceptions e left join payouts p on p.id = e.payout_id
      where ${missing(programmeId, only)} and e.state <> 'resolved' and (p.voided_at is not null or ${isClaimed} or ${namedByLine(sql`p.id`)})
        and ${isUntouched} and not had_hand_in_payout(${by}, p.id)
      limit ${limit}`)
  ).map(({ id }) => id);

/** A statement that had not listed records of ours, and what no line has of these any more. */
export interface MissedAgain {
  readonly statementId: string;
  readonly ids: string[];
}

/** What was taken back because some line had claimed it, and is missing again where that match is gone. */
export const missingAgain = (db: Db, programmeId: string, only?: readonly string[]): Promise<MissedAgain[]> =>
  db.all<MissedAgain>(sql`
    select e.statement_id as "statementId", array_agg(coalesce(e.payout_id, e.record_id)) as ids from exceptions e
      join statements s on s.id = e.statement_id and s.state <> 'withdrawn'
    where ${missing(programmeId, only)} and e.state = 'resolved' and e.resolution = 'superseded' and not ${isClaimed}
    group by 1 order by 1`);
