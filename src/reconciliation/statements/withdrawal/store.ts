import { atMost, type Db, newId, sql, type Tx } from '../../../platform/index.ts';

/** That a statement be withdrawn: who asked, why, and what became of it. */
export interface Withdrawal {
  readonly state: 'asked' | 'confirmed' | 'refused';
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  /** Why it was refused. */
  readonly note: string | null;
}

type Row = Omit<Withdrawal, 'askedAt' | 'decidedAt'> & { readonly askedAt: Date; readonly decidedAt: Date | null };

/** The last withdrawal that was asked for of a statement. */
export async function lastWithdrawal(db: Db, statementId: string): Promise<Withdrawal | null> {
  const row =
    await db.first<Row>(sql`select w.state, w.reason, w.asked_by as "askedBy", w.asked_at as "askedAt", w.decided_by as "decidedBy",
    w.decided_at as "decidedAt", w.note from statement_withdrawals w where w.statement_id = ${statementId} order by w.id desc limit 1`);
  return row ? { ...row, askedAt: row.askedAt.toISOString(), decidedAt: row.decidedAt?.toISOString() ?? null } : null;
}

/** @throws Error by constraint: `statement_withdrawals_one_standing`, `statement_withdrawals_of_standing`, `statement_withdrawals_by_another` */
export const insertWithdrawal = (tx: Tx, statementId: string, reason: string, by: string, at: Date): Promise<void> =>
  tx.insert('statement_withdrawals', [{ id: newId(), statement_id: statementId, reason, asked_by: by, asked_at: at }]);

/**
 * Confirms or refuses a withdrawal that waits. @param note why it is refused
 * @returns whether one waited
 * @throws Error by constraint: `statement_withdrawals_two_people`, `statement_withdrawals_by_another`, `statement_withdrawals_of_nothing_used`
 */
export async function decideWithdrawal(
  tx: Tx,
  statementId: string,
  { note, by, at }: { readonly note: string | null; readonly by: string; readonly at: Date },
): Promise<boolean> {
  return (
    (await tx.run(sql`update statement_withdrawals set state = ${note === null ? 'confirmed' : 'refused'}, decided_by = ${by}, decided_at = ${at},
      note = ${note} where statement_id = ${statementId} and state = 'asked'`)) === 1
  );
}

/** What stands in the way of a withdrawal: a record, by what it is called. */
export interface Obstacle {
  readonly obstacle: 'exception' | 'match_by_hand' | 'settlement' | 'period' | 'repetition' | 'taken_back_by_hand' | 'matching';
  readonly about: string;
  readonly name: string;
}

export const obstaclesOf = (db: Db, statementId: string, limit: number): Promise<Obstacle[]> =>
  db.all<Obstacle>(sql`select obstacle, about, name from withdrawal_obstacles(${statementId}) limit ${atMost(limit)}`);

/** Keeps whoever matches statements of a programme waiting, or waits for them: each takes its statement for itself. */
export const lockAllOf = (tx: Tx, programmeId: string): Promise<unknown> =>
  tx.all(
    sql`select id from statements where programme_id = ${programmeId} and state in ('staged', 'reconciled') order by id for no key update`,
  );

/** Takes away every match of a statement, and of other statements' lines that take one of its lines back. @returns those other statements */
export async function deleteMatches(tx: Tx, statementId: string): Promise<string[]> {
  const takers = await tx.all<{ id: string; statementId: string }>(sql`select r.id, r.statement_id as "statementId"
    from statement_lines l join statement_match_targets t on t.target_type = 'line' and t.target_id = l.id
      join statement_lines r on r.id = t.statement_line_id
    where l.statement_id = ${statementId} and r.statement_id <> l.statement_id`);
  await tx.run(sql`delete from statement_matches where statement_line_id = any(${takers.map(({ id }) => id)}::uuid[])`);
  await tx.run(
    sql`delete from statement_matches where statement_line_id in (select l.id from statement_lines l where l.statement_id = ${statementId})`,
  );
  return [...new Set(takers.map((taker) => taker.statementId))];
}

/** @throws Error by constraint: `statements_withdrawn_by_two`, `statements_withdrawn_whole` */
export const setWithdrawn = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`update statements set state = 'withdrawn', matched_count = 0 where id = ${id}`);

/** Statements whose findings a withdrawn one had a part in: of the same days, and those that list again what it listed. */
export const statementsBeside = async (db: Db, statementId: string): Promise<string[]> =>
  (
    await db.all<{
      id: string;
    }>(sql`select o.id from statements s join statements o on o.programme_id = s.programme_id and o.state = 'reconciled'
      where s.id = ${statementId} and (o.from_date <= s.to_date and o.to_date >= s.from_date
        or exists (select from exceptions e where e.statement_id = o.id and e.kind = 'duplicate_across_files' and e.state = 'open'))
      order by o.id`)
  ).map(({ id }) => id);
