import { createHash } from 'node:crypto';
import type pg from 'pg';
import { system } from '../../src/access/system.ts';
import { newId } from '../../src/platform/index.ts';
import { matchNext } from '../../src/reconciliation/matching/runs/match-next.ts';
import type { Match, TargetType } from '../../src/reconciliation/matching/types.ts';
import { type Frame, makeFrame } from './fixtures.ts';
import type { Client, TestPlatform } from './platform.ts';

/** A programme, and a finance officer of it. */
export async function makeBookkeeping(platform: TestPlatform): Promise<{ frame: Frame; officer: Client }> {
  const frame = await makeFrame(platform);
  return { frame, officer: await platform.as('finance_officer', { programme: frame.programmeId }) };
}

/** A line of a statement; whatever is left out is ordinary, and null is not said. */
export interface Line {
  readonly kind?: 'payment' | 'reversal' | 'fee' | 'deposit' | 'deposit_reversal';
  readonly reference?: string;
  readonly ourReference?: string;
  readonly serial?: string | null;
  readonly amount?: string;
  readonly currency?: string;
  readonly officeCode?: string | null;
  readonly paidOn?: string;
  readonly documentLastFour?: string | null;
  readonly repeats?: string;
}

export interface StatementWish {
  readonly programmeId: string;
  readonly source?: 'post' | 'bank';
  readonly name?: string;
  readonly uploadedBy?: string;
  readonly from?: string;
  readonly to?: string;
  /** How far it has come; what is reconciled has its lines from before. */
  readonly state?: 'staged' | 'reconciled';
  readonly lines: readonly Line[];
}

/** A statement that was read and staged, as the room of statements leaves it. */
export async function stageStatement(
  { owner }: Pick<TestPlatform, 'owner'>,
  wish: StatementWish,
): Promise<{ id: string; lineIds: string[] }> {
  const { programmeId, source = 'post', name = 'Mars', uploadedBy = newId(), from = '2026-03-01', to = '2026-03-31', lines } = wish;
  const id = newId();
  await owner.query(
    `insert into statements (id, programme_id, source, format, state, name, content_digest, currency, from_date, to_date, line_count, total, uploaded_by, uploaded_at)
    values ($1, $2, $3, 'csv', 'staged', $4, $5, 'DZD', $6, $7, $8, 0, $9, now())`,
    [id, programmeId, source, name, createHash('sha256').update(id).digest('hex'), from, to, lines.length, uploadedBy],
  );
  const rows = lines.map((line, i) => ({
    id: newId(),
    statement_id: id,
    row_number: i + 1,
    kind: line.kind ?? 'payment',
    reference: line.reference ?? `R${i + 1}`,
    our_reference: line.ourReference ?? null,
    serial: line.serial ?? null,
    amount: line.amount ?? '15000.00',
    currency: line.currency ?? 'DZD',
    office_code: line.officeCode ?? null,
    paid_on: line.paidOn ?? '2026-03-10',
    document_last_four: line.documentLastFour ?? null,
    repeats: line.repeats ?? null,
    // Equal where a line says what another says.
    fingerprint: source === 'bank' ? `\\x${createHash('md5').update(`${line.reference} ${line.amount}`).digest('hex')}` : null,
  }));
  const columns = Object.keys(rows[0] ?? { id });
  const insert = `insert into statement_lines (${columns}) select ${columns} from jsonb_populate_recordset(null::statement_lines, $1)`;
  await owner.query(insert, [JSON.stringify(rows)]);
  if (wish.state === 'reconciled') await owner.query(`update statements set state = 'reconciled' where id = $1`, [id]);
  return { id, lineIds: rows.map((row) => row.id) };
}

/** A match of a line with a record of ours, in plain SQL. */
export const insertMatch = (
  client: pg.Client,
  lineId: string,
  targetId: string,
  by: string,
  pass = 'exact',
  type: TargetType = 'payout',
): Promise<pg.QueryResult> =>
  client.query(
    `with matched as (
      insert into statement_matches (statement_line_id, pass, passes_version, reason, agrees, matched_by, matched_at)
      values ($1, $3, case when $3 = 'manual' then null else 0 end, 'In plain SQL', true, $4, now()))
    insert into statement_match_targets (target_type, target_id, statement_line_id, part) values ($5, $2, $1, 0)`,
    [lineId, targetId, pass, by, type],
  );

/** Says what an account held at the end of a day, by a statement of the bank. */
export async function closesAt(platform: TestPlatform, programmeId: string, account: string, day: string, closing: string): Promise<void> {
  const { id } = await stageStatement(platform, { programmeId, source: 'bank', from: day, to: day, lines: [] });
  await platform.owner.query(
    `insert into statement_parts (statement_id, number, place, account, currency, from_date, to_date, closing, credits, debits, line_count, left_out)
    values ($1, 1, 'Stmt 1', $2, 'DZD', $3, $3, $4, 0, 0, 0, 0)`,
    [id, account, day, closing],
  );
}

/** Carries the matching of a statement to its end, batch by batch, as the job does. */
export async function matchStatement({ app }: Pick<TestPlatform, 'app'>, statementId: string, batch = 50_000): Promise<void> {
  while (await app.execute(matchNext, { statementId, batch }, { actor: system }));
}

/** A statement that was read, staged and matched. */
export async function matchedStatement(
  platform: Pick<TestPlatform, 'owner' | 'app'>,
  wish: StatementWish,
  batch?: number,
): Promise<{ id: string; lineIds: string[] }> {
  const statement = await stageStatement(platform, wish);
  await matchStatement(platform, statement.id, batch);
  return statement;
}

/** The matches of a statement, as somebody reads them. */
export const matchesOf = async (by: Client, statementId: string): Promise<Match[]> =>
  (await by.get(`/v1/statements/${statementId}/matches?limit=200`).expect(200)).body.items;

/** How a file is sent: a table of the post's, named March, unless it says otherwise. */
export interface Sending {
  readonly type?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** Sends a file through the API. */
export const sendStatement = (
  client: Client,
  { programmeId }: Pick<Frame, 'programmeId'>,
  content: string,
  { type = 'text/csv', query = {} }: Sending = {},
) =>
  client
    .post(`/v1/programmes/${programmeId}/statements?${new URLSearchParams({ name: 'March', ...query })}`)
    .type(type)
    .send(content);
