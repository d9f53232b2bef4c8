import {
  type ExportLimits,
  faultDetail,
  holdExports,
  type Language,
  type NewRefusedRowsExport,
  type RequestedExport,
  requestExport,
  type WriteRefusedRows,
} from '../beneficiaries/index.ts';
import { type Command, command, type Db, type KeyRing, type TableFormat, writeTable } from '../platform/index.ts';
import { openRows } from './chunks.ts';
import { fileById, refuseEmptied, registrationFileScope } from './existing-file.ts';
import type { StoredFile } from './file-store.ts';
import { fileRowAt, type RefusedRow, refusedChunkAfter } from './row-store.ts';
import type { FileFormat } from './types.ts';

/** What somebody asks for of a registration file. */
export type AskedRefusedRows = Omit<NewRefusedRowsExport, 'programmeId' | 'fields' | 'format'>;

/**
 * Has the refused rows of a file written for whoever corrects them and sends them again: an export of people like any other.
 * @throws not_found; conflict once the file is kept no longer; as requestExport
 */
export const exportRefusedRows = (limits: ExportLimits): Command<AskedRefusedRows, RequestedExport> =>
  command({
    name: 'intake.export_refused_rows',
    scope: (db, { fileId }) => registrationFileScope(db, fileId),
    async run(context, asked) {
      const stored = await fileById(context.tx, asked.fileId);
      refuseEmptied(stored);
      const { programmeId, refusedRows, format } = stored.file;
      await holdExports(context.tx, programmeId);
      const kind = format.kind === 'xlsx' ? 'xlsx' : 'csv';
      return requestExport(context, limits, { ...asked, programmeId, format: kind, fields: ['row', 'reasons'] }, refusedRows);
    },
  });

/** As the columns of files spell them, so that they are known when the file comes back. */
const reasonsHeader: Readonly<Record<Language, string>> = { fr: 'Motifs', en: 'Reasons', ar: 'الأسباب' };
const rowHeader: Readonly<Record<Language, string>> = { fr: 'Ligne du fichier', en: 'Row in the file', ar: 'السطر في الملف' };

/** The refused rows of a file as the same kind of file: as they came, with a column of reasons, to be corrected and sent again. */
export const writeRefusedRows: WriteRefusedRows = async function* ({ db, keyRing }, { fileId, language }, reading) {
  const stored = await fileById(db, fileId);
  yield* writeTable(givenBack(stored.file.format, language), refusedTable(db, keyRing, stored, language, reading));
};

/** The older encodings, and the languages whose reasons can be written in them. */
const writable: Readonly<Record<string, readonly Language[]>> = { 'windows-1252': ['en', 'fr'], 'windows-1256': ['en', 'ar'] };

// Submissions were made into rows to be read, and as rows they go back. What a file's encoding cannot say goes back in UTF-8.
function givenBack({ kind, encoding = 'utf-8', delimiter = ',' }: FileFormat, language: Language): TableFormat {
  if (kind === 'xlsx') return { kind };
  return { kind: 'csv', delimiter, encoding: (writable[encoding]?.includes(language) ?? true) ? encoding : 'utf-8' };
}

type Reading = Parameters<WriteRefusedRows>[2];

async function* refusedTable(db: Db, keyRing: KeyRing, stored: StoredFile, language: Language, reading: Reading): AsyncGenerator<string[]> {
  const { header, mapping, attempt, file } = stored;
  // The reasons and the rows of the last time make way for those of this time.
  const isOurs = (cell: string) => ['reasons', 'fileRow'].includes(mapping?.get(cell) ?? '');
  const kept = header.flatMap((cell, i) => (isOurs(cell) ? [] : [i]));
  yield [...kept.map((i) => header[i] ?? ''), rowHeader[language], reasonsHeader[language]];
  for (let number = -1; ; ) {
    const chunk = await refusedChunkAfter(db, file.id, attempt, number);
    if (!chunk) return;
    number = chunk.number;
    await reading([], chunk.refused.length);
    const rows = openRows(keyRing, file.id, chunk);
    const refusedAt = new Map(chunk.refused.map((refused) => [refused.rowNumber, refused]));
    for (const [place, row] of rows.entries()) {
      const refused = refusedAt.get(fileRowAt(chunk, place));
      if (!refused) continue;
      const cells = kept.map((i) => row[i] ?? '');
      yield [...cells, String(refused.rowNumber), inWords(refused, language), ...row.slice(header.length)];
    }
  }
}

const inWords = ({ reasons }: RefusedRow, language: Language): string =>
  reasons.map(({ cell, code, row }) => `${cell ? `${cell}: ` : ''}${faultDetail(code, language, row)}`).join(' | ');
