import { type Db, type Page, pageOf, sql, type Tx } from '../platform/index.ts';
import type { Scorecard, ScorecardDefinition } from './types.ts';

interface ScorecardRow extends Omit<Scorecard, 'createdAt'> {
  readonly createdAt: Date;
}

const columns = sql`id, programme_id as "programmeId", version, definition, created_at as "createdAt"`;
const shown = ({ createdAt, ...scorecard }: ScorecardRow): Scorecard => ({ ...scorecard, createdAt: createdAt.toISOString() });

/** Makes everybody else who asks for the same thing wait until this transaction ends. The tables are append-only, so no row can be locked. */
export async function waitOurTurn(tx: Tx, subject: string): Promise<void> {
  await tx.all(sql`select pg_advisory_xact_lock(hashtextextended(${`eligibility/${subject}`}, 0))`);
}

/** Adds the next version of a programme's scorecard. */
export async function insertScorecard(
  tx: Tx,
  id: string,
  programmeId: string,
  definition: ScorecardDefinition,
  createdBy: string,
  at: Date,
): Promise<Scorecard> {
  const row = await tx.first<ScorecardRow>(sql`insert into scorecards (id, programme_id, version, definition, created_by, created_at)
    select ${id}, ${programmeId}, coalesce(max(version), 0) + 1, ${JSON.stringify(definition)}::jsonb, ${createdBy}, ${at}
    from scorecards where programme_id = ${programmeId} returning ${columns}`);
  if (!row) throw new Error('an insert returned nothing');
  return shown(row);
}

export async function findScorecard(db: Db, id: string): Promise<Scorecard | undefined> {
  const row = await db.first<ScorecardRow>(sql`select ${columns} from scorecards where id = ${id}`);
  return row && shown(row);
}

/** The scorecards of a programme, the latest first. */
export async function pageOfScorecards(db: Db, programmeId: string, limit: number, before: number | undefined): Promise<Page<Scorecard>> {
  const rows = await db.all<ScorecardRow>(sql`select ${columns} from scorecards
    where programme_id = ${programmeId} and ${before === undefined ? sql`true` : sql`version < ${before}`}
    order by version desc limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ version }) => String(version));
}

/** The numbers of the wilayas that exist. */
export async function wilayaNumbers(db: Db): Promise<string[]> {
  return (await db.all<{ number: string }>(sql`select number from wilayas order by number`)).map(({ number }) => number);
}
