import { authoriseRead } from '../access/index.ts';
import { faultDetails } from '../beneficiaries/index.ts';
import { type Actor, cursorKey, type Db, type KeyRing, type Page, pageOf, pageRequest, problem, type Scope } from '../platform/index.ts';
import { csvLine, recordsOf, separatorOf } from './csv.ts';
import { findFile, type Reason, type RefusedRow, refusedRows, sealedContent } from './file-store.ts';
import type { RegistrationFile } from './types.ts';

const contentPlace = (fileId: string): string => `registration_file/${fileId}/content`;

export const sealContent = (keyRing: KeyRing, fileId: string, csv: string): Buffer =>
  keyRing.seal('registration-file', contentPlace(fileId), csv);

/** The text of a file. @throws not_found */
export async function openContent(db: Db, keyRing: KeyRing, fileId: string): Promise<string> {
  const sealed = await sealedContent(db, fileId);
  if (!sealed) throw problem.not_found('There is no such record.');
  return keyRing.open('registration-file', contentPlace(fileId), sealed);
}

/** Where a file belongs. @throws not_found */
export async function registrationFileScope(db: Db, fileId: string): Promise<Scope> {
  return { programme: (await fileById(db, fileId)).programmeId };
}

async function fileById(db: Db, fileId: string): Promise<RegistrationFile> {
  const stored = await findFile(db, fileId);
  if (!stored) throw problem.not_found('There is no such record.');
  return stored.file;
}

/** How far a file has been taken. @throws not_found */
export async function readFile(db: Db, actor: Actor, fileId: string): Promise<RegistrationFile> {
  authoriseRead(actor, 'intake.read_file');
  const file = await fileById(db, fileId);
  authoriseRead(actor, 'intake.read_file', { programme: file.programmeId });
  return file;
}

interface ShownRow {
  readonly rowNumber: number;
  readonly reasons: (Reason & { detail: string })[];
}

/** The rows of a file that were refused, in order, with reasons. @throws not_found */
export async function listRefusedRows(
  db: Db,
  actor: Actor,
  fileId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<ShownRow>> {
  await readFile(db, actor, fileId);
  const after = cursorKey(query.cursor) ?? '0';
  if (!/^\d{1,9}$/.test(after)) throw problem.invalid_request('Use nextCursor of the page before as the cursor.');
  const { limit } = pageRequest(query);
  const rows = await refusedRows(db, fileId, limit, Number(after));
  return pageOf(
    rows.map(({ rowNumber, reasons }) => ({ rowNumber, reasons: reasons.map(withDetail) })),
    limit,
    ({ rowNumber }) => String(rowNumber),
  );
}

const withDetail = (reason: Reason): Reason & { detail: string } => ({ ...reason, detail: faultDetails[reason.code] });

/** The refused rows as a file: as they came, with a column of reasons, to be corrected and sent again. */
export async function* refusedRowsCsv(csv: string, refused: readonly RefusedRow[]): AsyncGenerator<string> {
  const separator = separatorOf(csv);
  const reasons = new Map(refused.map(({ rowNumber, reasons: given }) => [rowNumber, given]));
  let row = 0;
  for await (const cells of recordsOf(csv)) {
    const given = reasons.get(row);
    // The mark at the start tells spreadsheets that the file is in UTF-8.
    if (row === 0) yield `\uFEFF${csvLine([...cells, 'Reasons'], separator)}`;
    else if (given)
      yield csvLine(
        [...cells, given.map(({ cell, code }) => (cell ? `${cell}: ${faultDetails[code]}` : faultDetails[code])).join(' | ')],
        separator,
      );
    row += 1;
  }
}
