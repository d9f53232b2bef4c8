import { type Db, newId, sql, type Tx } from '../../../platform/index.ts';
import type { MatchedStatement, MatchingRun } from '../types.ts';

/** One going through of a statement, as it stands. */
export interface Run extends Pick<MatchingRun, 'number' | 'state' | 'stage' | 'place' | 'passesVersion' | 'askedBy'> {
  readonly id: string;
}

const read = sql`select s.id, s.programme_id as "programmeId", s.source, s.state, s.from_date as "from", s.to_date as "to", s.currency,
  s.line_count as "lineCount", s.uploaded_by as "uploadedBy" from statements s`;

export const findStatementToMatch = (db: Db, id: string): Promise<MatchedStatement | undefined> =>
  db.first<MatchedStatement>(sql`${read} where s.id = ${id}`);

/** The same, which nobody else matches until this transaction ends. */
export const lockStatementToMatch = (tx: Tx, id: string): Promise<MatchedStatement | undefined> =>
  tx.first<MatchedStatement>(sql`${read} where s.id = ${id} for no key update`);

const runs = sql`select r.id, r.number, r.state, r.stage, r.place, r.passes_version as "passesVersion", r.reason, r.asked_by as "askedBy",
  r.asked_at as "askedAt", r.ended_at as "endedAt", r.stopped_by as "stoppedBy" from matching_runs r`;

type Row = Omit<MatchingRun, 'askedAt' | 'endedAt'> & { readonly id: string; readonly askedAt: Date; readonly endedAt: Date | null };

/** The last run of a statement. */
export async function lastRun(db: Db, statementId: string): Promise<(MatchingRun & Run) | undefined> {
  const row = await db.first<Row>(sql`${runs} where r.statement_id = ${statementId} order by r.number desc limit 1`);
  return row && { ...row, askedAt: row.askedAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null };
}

/** @throws Error by constraint `matching_runs_number_once` or `matching_runs_one_at_a_time` when another run began at this moment */
export const insertRun = (
  tx: Tx,
  statementId: string,
  run: {
    readonly number: number;
    readonly passesVersion: number;
    readonly reason: string | null;
    readonly askedBy: string;
    readonly at: Date;
  },
): Promise<number> =>
  tx.run(sql`insert into matching_runs (id, statement_id, number, passes_version, reason, asked_by, asked_at)
    values (${newId()}, ${statementId}, ${run.number}, ${run.passesVersion}, ${run.reason}, ${run.askedBy}, ${run.at})`);

export const moveRun = (tx: Tx, id: string, { stage, place }: Pick<Run, 'stage' | 'place'>): Promise<number> =>
  tx.run(sql`update matching_runs set stage = ${stage}, place = ${place} where id = ${id}`);

export const endRun = (tx: Tx, id: string, at: Date, stoppedBy: string | null): Promise<number> =>
  tx.run(
    sql`update matching_runs set state = ${stoppedBy ? 'stopped' : 'done'}, ended_at = ${at}, stopped_by = ${stoppedBy} where id = ${id}`,
  );

/** Says of a statement that it is matched; matched again, it is so already. */
export const setReconciled = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`update statements set state = 'reconciled' where id = ${id} and state = 'staged'`);

/** Writes on a statement how many of its lines are matched. */
export const countMatches = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`update statements set matched_count = (select count(*) from statement_lines l
    join statement_matches m on m.statement_line_id = l.id where l.statement_id = ${id}) where id = ${id}`);

/**
 * Takes away matches that a pass made and no pass supports any more: one that is not in force now as it was, or a record that does not
 * stand. A line of which somebody bears the rest keeps its match. @returns how many, at most a batch
 */
export const clearUnsupported = (
  tx: Tx,
  { id, programmeId }: MatchedStatement,
  { passesVersion, borne }: { readonly passesVersion: number; readonly borne: readonly string[] },
  batch: number,
): Promise<number> =>
  tx.run(sql`
    delete from statement_matches where statement_line_id in (
      select m.statement_line_id from statement_lines l join statement_matches m on m.statement_line_id = l.id join statements s on s.id = l.statement_id
      where l.statement_id = ${id} and m.pass <> 'manual' and l.id <> all(${borne}::uuid[]) and (
        m.passes_version <> ${passesVersion} and not exists (select from matching_passes o, matching_passes n
          where ${versionOf(programmeId, sql`o`, sql`m.passes_version`)} and o.side = s.source and o.name = m.pass
            and ${versionOf(programmeId, sql`n`, sql`${passesVersion}::int`)} and n.side = o.side and n.name = o.name
            and row (n.line_kind, n.target, n.quotes, n.serial, n.tolerance, n.days, n.office, n.document, n.sums)
              is not distinct from row (o.line_kind, o.target, o.quotes, o.serial, o.tolerance, o.days, o.office, o.document, o.sums))
        or exists (select from statement_match_targets t where t.statement_line_id = m.statement_line_id and t.target_type not in ('payout', 'line')
          and not exists (select from statement_targets r where r.target_type = t.target_type and r.target_id = t.target_id)))
      limit ${batch})`);

const versionOf = (programmeId: string, passes: ReturnType<typeof sql>, version: ReturnType<typeof sql>) =>
  sql`${passes}.version = ${version} and ${passes}.programme_id is not distinct from (case when ${version} = 0 then null else ${programmeId}::uuid end)`;

/** The last row that a statement has a line in; 0 without lines. */
export const lastRow = async (db: Db, { id }: MatchedStatement): Promise<number> =>
  (
    await db.first<{ row: number }>(
      sql`select row_number as "row" from statement_lines where statement_id = ${id} order by row_number desc limit 1`,
    )
  )?.row ?? 0;
