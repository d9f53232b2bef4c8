import type { KeptFile } from '../beneficiaries/index.ts';
import { type Db, type Page, pageOf, type Scope, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Days, ExportDefinition, ExportRun } from './types.ts';

/** A run as the table holds it. */
export interface StoredRun {
  readonly run: ExportRun;
  readonly attempt: number;
  readonly parts: number | null;
}

type Row = Omit<ExportRun, 'createdAt' | 'readyAt' | 'endedAt' | 'expiresAt'> &
  Omit<StoredRun, 'run'> & {
    readonly createdAt: Date;
    readonly readyAt: Date | null;
    readonly endedAt: Date | null;
    readonly expiresAt: Date;
  };

const columns = sql`r.id, r.definition_id as "definitionId", r.programme_id as "programmeId", r.is_personal as "isPersonal", r.due_on as "dueOn",
  r.from_day as "fromDay", r.to_day as "toDay", r.state, r.row_count as rows, r.people, r.bytes::float8 as bytes, encode(r.sha256, 'hex') as sha256,
  r.downloads, r.created_at as "createdAt", r.ready_at as "readyAt", r.ended_at as "endedAt", r.end_reason as "endReason", r.expires_at as "expiresAt",
  r.attempt, r.parts`;

const stored = ({ attempt, parts, createdAt, readyAt, endedAt, expiresAt, ...rest }: Row): StoredRun => ({
  run: {
    ...rest,
    createdAt: createdAt.toISOString(),
    readyAt: readyAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    expiresAt: expiresAt.toISOString(),
  },
  attempt,
  parts,
});

const runsOf = (programmeId: string): Sql => sql`hashtextextended('export_runs/' || ${programmeId}::text, 0)`;

/** Whoever erases somebody of a programme waits until the transaction ends, and sees the run that it begins. */
export async function holdRuns(tx: Tx, programmeId: string): Promise<void> {
  await tx.all(sql`select pg_advisory_xact_lock_shared(${runsOf(programmeId)})`);
}

/** @returns whether there was none of this day yet */
export const insertRun = async (
  tx: Tx,
  id: string,
  { id: definitionId, programmeId, isPersonal }: ExportDefinition,
  { dueOn, from, to }: Days & { readonly dueOn: string },
  now: Date,
  expiresAt: Date,
): Promise<boolean> =>
  (await tx.run(sql`insert into export_runs (id, definition_id, programme_id, is_personal, due_on, from_day, to_day, state, created_at, expires_at)
    values (${id}, ${definitionId}, ${programmeId}, ${isPersonal}, ${dueOn}, ${from}, ${to}, 'preparing', ${now}, ${expiresAt})
    on conflict (definition_id, due_on) do nothing`)) === 1;

const one = async (db: Db, id: string, locking: Sql): Promise<StoredRun | undefined> => {
  const row = await db.first<Row>(sql`select ${columns} from export_runs r where r.id = ${id} ${locking}`);
  return row && stored(row);
};

export const findRun = (db: Db, id: string): Promise<StoredRun | undefined> => one(db, id, sql``);

/** The same while nobody else changes it. */
export const lockRun = (tx: Tx, id: string): Promise<StoredRun | undefined> => one(tx, id, sql`for no key update`);

/** The runs of a definition, newest first. */
export async function pageOfRuns(db: Db, definitionId: string, limit: number, before: string | undefined): Promise<Page<ExportRun>> {
  const rows = await db.all<Row>(sql`select ${columns} from export_runs r
    where r.definition_id = ${definitionId} and ${before ? sql`r.due_on < ${before}::date` : sql`true`} order by r.due_on desc limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => stored(row).run),
    limit,
    ({ dueOn }) => dueOn,
  );
}

/** Begins the writing, from nothing: what an attempt before left is deleted. @returns the number of this attempt */
export async function beginAttempt(tx: Tx, id: string): Promise<number> {
  await tx.run(sql`delete from export_run_parts where run_id = ${id}`);
  const row = await tx.first<{ attempt: number }>(sql`update export_runs set attempt = attempt + 1 where id = ${id} returning attempt`);
  return row?.attempt ?? 0;
}

export const insertPart = (tx: Tx, runId: string, attempt: number, number: number, content: Buffer, at: Date): Promise<void> =>
  tx.insert('export_run_parts', [{ run_id: runId, attempt, number, content, written_at: at }]);

/** What is known of a file once it has been written. */
export interface Written extends KeptFile {
  readonly rows: number;
  readonly people: number;
}

export const markReady = (tx: Tx, id: string, { rows, people, parts, bytes, sha256 }: Written, now: Date): Promise<number> =>
  tx.run(sql`update export_runs set state = 'ready', row_count = ${rows}, people = ${people}, parts = ${parts}, bytes = ${bytes},
    sha256 = decode(${sha256}, 'hex'), ready_at = ${now} where id = ${id}`);

export const countDownload = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`update export_runs set downloads = downloads + 1 where id = ${id}`);

/** Ends a run: the file is deleted, the record stays. */
export async function endRun(tx: Tx, id: string, reason: NonNullable<ExportRun['endReason']>, now: Date): Promise<void> {
  await tx.run(sql`delete from export_run_parts where run_id = ${id}`);
  await tx.run(sql`update export_runs set state = 'ended', ended_at = ${now}, end_reason = ${reason} where id = ${id}`);
}

export const partOf = (db: Db, runId: string, attempt: number, number: number): Promise<{ content: Buffer } | undefined> =>
  db.first(sql`select content from export_run_parts where run_id = ${runId} and attempt = ${attempt} and number = ${number}`);

/** Runs whose week is over and that nobody has ended. */
export const overdueRuns = (db: Db, now: Date, limit: number): Promise<{ id: string; scope: Scope }[]> =>
  db.all(sql`select id, jsonb_build_object('programme', programme_id) as scope from export_runs
    where state <> 'ended' and expires_at <= ${now} order by expires_at limit ${limit}`);

/** The programme of what people are read in, by its kind. */
export const exportSources: Readonly<Record<string, (id: Sql) => Sql>> = {
  export_run: (id) => sql`(select programme_id from export_runs where id = ${id})`,
};
