import { authoriseRead } from '../access/index.ts';
import { faultDetail, type Language } from '../beneficiaries/index.ts';
import { type Actor, cursorKey, type Db, type Page, pageOf, pageRequest, pageRequestById } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { fileById } from './existing-file.ts';
import { filesOf, type StoredFile } from './file-store.ts';
import { mappingsOf, type SavedMapping } from './mapping-store.ts';
import { type RefusedRow, refusedRows } from './row-store.ts';
import type { RegistrationFile } from './types.ts';

type PageQuery = Parameters<typeof pageRequest>[0];

/** A file and how far it has been taken. @throws not_found */
export async function readFile(db: Db, actor: Actor, fileId: string): Promise<StoredFile> {
  authoriseRead(actor, 'intake.read_file');
  const stored = await fileById(db, fileId);
  authoriseRead(actor, 'intake.read_file', { programme: stored.file.programmeId });
  return stored;
}

/** The files of a programme, the latest first. @throws not_found */
export async function listFiles(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<RegistrationFile>> {
  authoriseRead(actor, 'intake.read_file', { programme: programmeId });
  await programmeById(db, programmeId);
  const { limit, after } = pageRequestById(query);
  const files = (await filesOf(db, programmeId, limit, after)).map(({ file }) => file);
  return pageOf(files, limit, ({ id }) => id);
}

/** The mappings that were saved in a programme, by name. @throws not_found */
export async function listMappings(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<SavedMapping>> {
  authoriseRead(actor, 'intake.read_file', { programme: programmeId });
  await programmeById(db, programmeId);
  const { limit, after } = pageRequest(query);
  return pageOf(await mappingsOf(db, programmeId, limit, after), limit, ({ name }) => name);
}

type ShownRow = Pick<RefusedRow, 'rowNumber'> & { readonly reasons: (RefusedRow['reasons'][number] & { readonly detail: string })[] };

/** The rows that the last reading of a file refused, in order, with reasons. @throws not_found */
export async function listRefusedRows(
  db: Db,
  actor: Actor,
  fileId: string,
  { language, ...query }: PageQuery & { language: Language },
): Promise<Page<ShownRow>> {
  const { attempt } = await readFile(db, actor, fileId);
  const after = cursorKey(query.cursor, (key) => /^\d{1,9}$/.test(key)) ?? '0';
  const { limit } = pageRequest(query);
  const rows = await refusedRows(db, fileId, attempt, limit, Number(after));
  const withDetail = (reason: RefusedRow['reasons'][number]) => ({ ...reason, detail: faultDetail(reason.code, language, reason.row) });
  return pageOf(
    rows.map(({ rowNumber, reasons }) => ({ rowNumber, reasons: reasons.map(withDetail) })),
    limit,
    ({ rowNumber }) => String(rowNumber),
  );
}
