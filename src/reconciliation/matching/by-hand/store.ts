import { type Db, newId, sql, type Tx } from '../../../platform/index.ts';
import type { Target } from '../types.ts';

/** A line that somebody points at. */
export interface PointedLine {
  readonly id: string;
  readonly row: number;
  readonly isRepeat: boolean;
}

export const findLine = (db: Db, statementId: string, row: number): Promise<PointedLine | undefined> =>
  db.first<PointedLine>(sql`select id, row_number as "row", repeats is not null as "isRepeat" from statement_lines
    where statement_id = ${statementId} and row_number = ${row}`);

/** All of ours that a line is matched with. */
export const targetsOf = (db: Db, lineId: string): Promise<Target[]> =>
  db.all<Target>(
    sql`select target_type as type, target_id as id from statement_match_targets where statement_line_id = ${lineId} order by part`,
  );

interface Decision {
  readonly verdict: 'same' | 'apart';
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

/** Writes down what somebody decided about a line and records of ours. */
export const insertDecisions = (tx: Tx, lineId: string, targets: readonly Target[], { verdict, reason, by, at }: Decision): Promise<void> =>
  tx.insert(
    'statement_decisions',
    targets.map(({ type, id }) => ({
      id: newId(),
      statement_line_id: lineId,
      target_type: type,
      target_id: id,
      verdict,
      reason,
      decided_by: by,
      decided_at: at,
    })),
  );

/** @throws Error by constraint when one of them is matched already, is not the programme's, or they do not come to the line's amount */
export const insertMatch = (tx: Tx, lineId: string, targets: readonly Target[], { reason, by, at }: Decision): Promise<number> =>
  tx.run(sql`
    with matched as (
      insert into statement_matches (statement_line_id, pass, passes_version, reason, agrees, matched_by, matched_at)
      values (${lineId}, 'manual', null, ${reason}, false, ${by}, ${at}))
    insert into statement_match_targets (target_type, target_id, statement_line_id, part)
    select t.type, t.id, ${lineId}::uuid, case ${targets.length}::int when 1 then 0 else t.part end
    from unnest(${targets.map(({ type }) => type)}::text[], ${targets.map(({ id }) => id)}::uuid[]) with ordinality as t (type, id, part)`);

export const deleteMatch = (tx: Tx, lineId: string): Promise<number> =>
  tx.run(sql`delete from statement_matches where statement_line_id = ${lineId}`);
