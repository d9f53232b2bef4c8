import { type Db, sql, type Tx } from '../platform/index.ts';
import type { KeptChunk } from './chunks.ts';
import type { RowFault } from './rows.ts';

/** A chunk as it is kept. */
export interface StoredChunk extends KeptChunk {
  readonly firstRow: number;
  /** Null of what came before these were kept. */
  readonly fileRows: readonly number[] | null;
}

/** In which row of the file, as a spreadsheet shows it, a row of a chunk stands. @param place in the chunk, counted from 0 */
export const fileRowAt = ({ firstRow, fileRows }: StoredChunk, place: number): number => fileRows?.[place] ?? firstRow + place;

/** As {@link fileRowAt}, of rows as they were counted when people were entered from them. @returns by row */
export async function fileRowsOf(db: Db, fileId: string, rows: readonly number[]): Promise<Map<number, number>> {
  if (rows.length === 0) return new Map();
  const found = await db.all<{
    row: number;
    fileRow: number;
  }>(sql`select r.row, coalesce(c.file_rows[r.row - c.first_row + 1], r.row) as "fileRow"
    from unnest(${rows}::int[]) as r (row)
    join registration_chunks c on c.file_id = ${fileId} and r.row >= c.first_row and r.row < c.first_row + c.row_count`);
  return new Map(found.map(({ row, fileRow }) => [row, fileRow]));
}

const chunkFields = sql`c.number, c.first_row as "firstRow", c.file_rows as "fileRows", c.rows, f.data_key as "dataKey"`;
/** The first and the last row of the file that a chunk holds. */
const span = sql`coalesce(c.file_rows[1], c.first_row) and coalesce(c.file_rows[c.row_count], c.first_row + c.row_count - 1)`;

/** The chunk that begins after so many rows; undefined at the end of the file. */
export const chunkAfter = (db: Db, fileId: string, doneRows: number): Promise<StoredChunk | undefined> =>
  db.first(
    sql`select ${chunkFields} from registration_chunks c join registration_files f on f.id = c.file_id where c.file_id = ${fileId} and c.first_row = ${doneRows + 1}`,
  );

export interface RefusedRow {
  /** As {@link fileRowAt}. */
  readonly rowNumber: number;
  readonly reasons: readonly RowFault[];
}

export const insertRefusals = (
  tx: Tx,
  fileId: string,
  attempt: number,
  rows: readonly { rowNumber: number; faults: readonly RowFault[] }[],
): Promise<void> =>
  tx.insert(
    'registration_refusals',
    rows.map(({ rowNumber, faults }) => ({ file_id: fileId, attempt, row_number: rowNumber, reasons: faults })),
  );

/** The rows that a reading of a file refused, in order, one more than asked for. */
export const refusedRows = (db: Db, fileId: string, attempt: number, limit: number, after: number): Promise<RefusedRow[]> =>
  db.all(sql`select row_number as "rowNumber", reasons from registration_refusals
    where file_id = ${fileId} and attempt = ${attempt} and row_number > ${after} order by row_number limit ${limit + 1}`);

/** A chunk that holds refused rows, and which. */
export type RefusedChunk = StoredChunk & { readonly refused: readonly RefusedRow[] };

/** The next chunk with refused rows. */
export const refusedChunkAfter = (db: Db, fileId: string, attempt: number, after: number): Promise<RefusedChunk | undefined> =>
  db.first(sql`select ${chunkFields}, (select jsonb_agg(jsonb_build_object('rowNumber', r.row_number, 'reasons', r.reasons) order by r.row_number)
        from registration_refusals r where r.file_id = c.file_id and r.attempt = ${attempt}
          and r.row_number between ${span}) as refused
    from registration_chunks c join registration_files f on f.id = c.file_id
    where c.file_id = ${fileId} and c.number > ${after} and exists (select from registration_refusals r
      where r.file_id = c.file_id and r.attempt = ${attempt} and r.row_number between ${span})
    order by c.number limit 1`);

/** Makes everybody else who enters rows in a programme wait, so that neither a submission nor a household is begun by two files at once. */
export async function lockEntries(tx: Tx, programmeId: string): Promise<void> {
  await tx.all(sql`select pg_advisory_xact_lock(hashtextextended('entries/' || ${programmeId}::text, 0))`);
}

/** What is looked for of a row's submission: the place in it, and whoever was there. */
export interface SubmissionKeys {
  readonly keys: readonly Buffer[];
  readonly whos: readonly Buffer[];
}

/** Somebody whom a submission entered. */
export interface EnteredBefore {
  readonly inThisFile: boolean;
  /** Digest of who that was, in hexadecimal; null where it is not known. */
  readonly who: string | null;
}

/** Which of these places and people of submissions were entered before, and whether by this very file. @returns by key, in hexadecimal */
export async function enteredSubmissions(
  db: Db,
  programmeId: string,
  { keys, whos }: SubmissionKeys,
  fileId: string,
): Promise<Map<string, EnteredBefore>> {
  if (keys.length === 0) return new Map();
  const rows = await db.all<{ key: Buffer; who: Buffer | null; inThisFile: boolean }>(sql`
    select k.key, k.who, b.source_id is not distinct from ${fileId}::uuid as "inThisFile"
    from intake_keys k left join beneficiaries b on b.id = k.beneficiary_id
    where k.programme_id = ${programmeId} and (k.key = any(${keys}::bytea[]) or k.who = any(${whos}::bytea[]))`);
  return new Map(rows.map(({ key, who, inThisFile }) => [key.toString('hex'), { inThisFile, who: who?.toString('hex') ?? null }]));
}

/** In which household whoever a submission entered is. @returns households by key, in hexadecimal */
export async function householdsOfSubmissions(db: Db, programmeId: string, keys: readonly Buffer[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const rows = await db.all<{ key: Buffer; householdId: string }>(sql`select k.key, b.household_id as "householdId"
    from intake_keys k join beneficiaries b on b.id = k.beneficiary_id where k.programme_id = ${programmeId} and k.key = any(${keys}::bytea[])`);
  return new Map(rows.map(({ key, householdId }) => [key.toString('hex'), householdId]));
}

export const insertSubmissions = (
  tx: Tx,
  programmeId: string,
  entered: readonly { key: Buffer; who: Buffer | null; beneficiaryId: string }[],
): Promise<void> =>
  tx.insert(
    'intake_keys',
    entered.map(({ key, who, beneficiaryId }) => ({ programme_id: programmeId, key, who, beneficiary_id: beneficiaryId })),
  );
