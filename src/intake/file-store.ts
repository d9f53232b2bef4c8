import type { FaultCode } from '../beneficiaries/index.ts';
import { type Db, sql, type Tx } from '../platform/index.ts';
import type { FileState, RegistrationFile } from './types.ts';

interface FileRow extends Omit<RegistrationFile, 'uploadedAt' | 'finishedAt'> {
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
  readonly finishedAt: Date | null;
}

export interface StoredFile {
  readonly file: RegistrationFile;
  readonly uploadedBy: string;
}

const columns = sql`id, programme_id as "programmeId", state, total_rows as "totalRows", done_rows as "doneRows",
  accepted_rows as "acceptedRows", refused_rows as "refusedRows", duplicate_rows as "duplicateRows",
  uploaded_by as "uploadedBy", uploaded_at as "uploadedAt", finished_at as "finishedAt"`;

function stored(row: FileRow | undefined): StoredFile | undefined {
  if (!row) return undefined;
  const { uploadedBy, uploadedAt, finishedAt, ...file } = row;
  return { file: { ...file, uploadedAt: uploadedAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null }, uploadedBy };
}

export interface NewFile {
  readonly id: string;
  readonly programmeId: string;
  readonly contentIndex: Buffer;
  readonly content: Buffer;
  readonly totalRows: number;
}

/** @returns whether it is new: the same content is in a programme once */
export async function insertFile(
  tx: Tx,
  { id, programmeId, contentIndex, content, totalRows }: NewFile,
  uploadedBy: string,
  at: Date,
): Promise<boolean> {
  const count =
    await tx.run(sql`insert into registration_files (id, programme_id, content_index, content, total_rows, uploaded_by, uploaded_at)
    values (${id}, ${programmeId}, ${contentIndex}, ${content}, ${totalRows}, ${uploadedBy}, ${at}) on conflict (programme_id, content_index) do nothing`);
  return count === 1;
}

export const findFile = async (db: Db, id: string): Promise<StoredFile | undefined> =>
  stored(await db.first<FileRow>(sql`select ${columns} from registration_files where id = ${id}`));

export const findFileByContent = async (db: Db, programmeId: string, contentIndex: Buffer): Promise<StoredFile | undefined> =>
  stored(
    await db.first<FileRow>(
      sql`select ${columns} from registration_files where programme_id = ${programmeId} and content_index = ${contentIndex}`,
    ),
  );

/** A file whose rows nobody else takes until the transaction ends. */
export const lockFile = async (tx: Tx, id: string): Promise<StoredFile | undefined> =>
  stored(await tx.first<FileRow>(sql`select ${columns} from registration_files where id = ${id} for update`));

export async function sealedContent(db: Db, id: string): Promise<Buffer | undefined> {
  return (await db.first<{ content: Buffer }>(sql`select content from registration_files where id = ${id}`))?.content;
}

export interface Reason {
  readonly cell: string;
  readonly code: FaultCode;
}

/** What became of one row: somebody was entered, or the reasons why not. */
export interface TakenRow {
  readonly rowNumber: number;
  readonly beneficiaryId: string | null;
  readonly reasons: readonly Reason[];
}

/** Records what became of rows, and counts them. */
export async function recordRows(tx: Tx, fileId: string, rows: readonly TakenRow[]): Promise<void> {
  await tx.insert(
    'registration_rows',
    rows.map(({ rowNumber, beneficiaryId, reasons }) => ({
      file_id: fileId,
      row_number: rowNumber,
      beneficiary_id: beneficiaryId,
      reasons,
    })),
  );
  const accepted = rows.filter(({ beneficiaryId }) => beneficiaryId).length;
  await tx.run(sql`update registration_files set state = 'running', done_rows = done_rows + ${rows.length},
    accepted_rows = accepted_rows + ${accepted}, refused_rows = refused_rows + ${rows.length - accepted} where id = ${fileId}`);
}

export async function addDuplicates(tx: Tx, fileId: string, duplicates: number): Promise<void> {
  await tx.run(sql`update registration_files set duplicate_rows = duplicate_rows + ${duplicates} where id = ${fileId}`);
}

export async function finish(tx: Tx, fileId: string, state: FileState, at: Date): Promise<void> {
  await tx.run(sql`update registration_files set state = ${state}, finished_at = ${at} where id = ${fileId}`);
}

export interface RefusedRow {
  readonly rowNumber: number;
  readonly reasons: Reason[];
}

/** The refused rows of a file in order, one more than asked for; all of them without a limit. */
export const refusedRows = (db: Db, fileId: string, limit?: number, after = 0): Promise<RefusedRow[]> =>
  db.all(sql`select row_number as "rowNumber", reasons from registration_rows
    where file_id = ${fileId} and beneficiary_id is null and row_number > ${after}
    order by row_number ${limit === undefined ? sql`` : sql`limit ${limit + 1}`}`);
