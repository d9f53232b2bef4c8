import { type Db, Money, newId, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { ExceptionKind, MatchPass, NewStatement, Stated, StatementLine } from '../types.ts';

/** A statement as it was stored, with what became of its lines. */
export interface Statement {
  readonly id: string;
  readonly programmeId: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly lineCount: number;
  /** Payments less reversals, in the programme's currency. */
  readonly total: Stated;
  readonly matchedCount: number;
  readonly exceptions: { kind: ExceptionKind; open: number; resolved: number }[];
  readonly uploadedBy: string;
  readonly uploadedAt: string;
}

/**
 * Makes imports into one programme wait for each other, so that the same file sent twice at once is seen the second time
 * and two files do not claim one pay-out. Imports are few; nothing else waits.
 */
export async function lockStatements(tx: Tx, programmeId: string): Promise<void> {
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`statements/${programmeId}`}, 0))`);
}

/** @returns the identifier of the statement that this file became before, or undefined */
export async function findByContent(db: Db, programmeId: string, digest: string): Promise<string | undefined> {
  const row = await db.first<{ id: string }>(
    sql`select id from statements where programme_id = ${programmeId} and content_digest = ${digest}`,
  );
  return row?.id;
}

interface StoredStatement extends NewStatement {
  readonly id: string;
  readonly digest: string;
  readonly total: Money;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
}

/** Stores a statement and all its lines. */
export async function insertStatement(tx: Tx, statement: StoredStatement, lines: readonly StatementLine[]): Promise<void> {
  const { id, programmeId, name, digest, from, to, total, uploadedBy, uploadedAt } = statement;
  await tx.insert('statements', [
    {
      id,
      programme_id: programmeId,
      name,
      content_digest: digest,
      currency: total.currency,
      from_date: from,
      to_date: to,
      line_count: lines.length,
      total: total.toString(),
      matched_count: 0,
      uploaded_by: uploadedBy,
      uploaded_at: uploadedAt,
    },
  ]);
  await tx.insert(
    'statement_lines',
    lines.map(({ row, kind, reference, serial, amount, officeCode, paidOn, documentLastFour }) => ({
      id: newId(),
      statement_id: id,
      row_number: row,
      kind,
      reference,
      serial,
      amount: amount.toString(),
      currency: amount.currency,
      office_code: officeCode,
      paid_on: paidOn,
      document_last_four: documentLastFour,
    })),
  );
}

export async function countMatches(tx: Tx, statementId: string): Promise<void> {
  await tx.run(sql`update statements set matched_count = (
      select count(*) from statement_matches m join statement_lines l on l.id = m.statement_line_id where l.statement_id = ${statementId})
    where id = ${statementId}`);
}

export async function findStatement(db: Db, id: string): Promise<Statement | undefined> {
  const row = await db.first<Omit<Statement, 'total' | 'uploadedAt'> & { total: string; currency: string; uploadedAt: Date }>(sql`
    select s.id, s.programme_id as "programmeId", s.name, s.from_date as "from", s.to_date as "to", s.line_count as "lineCount",
      s.total, s.currency, s.matched_count as "matchedCount", s.uploaded_by as "uploadedBy", s.uploaded_at as "uploadedAt",
      coalesce((select jsonb_agg(to_jsonb(k) order by k.kind) from (
        select kind, count(*) filter (where state = 'open') as open, count(*) filter (where state = 'resolved') as resolved
        from exceptions where statement_id = s.id group by kind) k), '[]') as exceptions
    from statements s where s.id = ${id}`);
  if (!row) return undefined;
  const { total, currency, uploadedAt, ...statement } = row;
  return { ...statement, total: Money.of(total, currency).toJSON(), uploadedAt: uploadedAt.toISOString() };
}

/** One line that is one of our pay-outs, and why we say so. */
export interface Match {
  readonly row: number;
  readonly reference: string;
  readonly serial: string;
  readonly payoutId: string;
  readonly pass: MatchPass;
  readonly reason: string;
}

/** @param after the row to start after */
export async function pageOfMatches(db: Db, statementId: string, limit: number, after: number): Promise<Page<Match>> {
  const rows = await db.all<Match>(sql`
    select l.row_number as "row", l.reference, l.serial, m.payout_id as "payoutId", m.pass, m.reason
    from statement_lines l join statement_matches m on m.statement_line_id = l.id
    where l.statement_id = ${statementId} and l.row_number > ${after}
    order by l.row_number limit ${limit + 1}`);
  return pageOf(rows, limit, ({ row }) => String(row));
}
