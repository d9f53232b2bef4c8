import { countExport, type ExportLimits, faultDetail, type Language } from '../beneficiaries/index.ts';
import { type Command, command, type Db, Download, fileTypeOf, type KeyRing, type TableFormat, writeTable } from '../platform/index.ts';
import { openRows } from './chunks.ts';
import { fileById, refuseEmptied, registrationFileScope } from './existing-file.ts';
import type { StoredFile } from './file-store.ts';
import { type RefusedChunk, type RefusedRow, refusedChunkAfter } from './row-store.ts';
import type { FileFormat } from './types.ts';

/**
 * Opens a file to give its refused rows back to the field. It counts as an export, and is not encrypted: it goes to the clerk who corrects
 * the rows and sends them again, and who had them before.
 * @throws conflict once the file is kept no longer; too_many_requests beyond what one user may take in a day
 */
export const readRefusedRows = (limits: ExportLimits): Command<{ fileId: string }, StoredFile> =>
  command({
    name: 'intake.read_refused_rows',
    scope: (db, { fileId }) => registrationFileScope(db, fileId),
    async run({ tx, actor, now }, { fileId }) {
      const stored = await fileById(tx, fileId);
      refuseEmptied(stored);
      const { programmeId, refusedRows: people } = stored.file;
      const refusal = await countExport(tx, now, { actor, people, programmeId }, limits);
      return { result: stored, subject: { type: 'registration_file', id: fileId }, ...(refusal ? { refusal } : {}) };
    },
  });

/** As the columns of files spell it, so that it is known when the file comes back. */
const reasonsHeader: Readonly<Record<Language, string>> = { fr: 'Motifs', en: 'Reasons', ar: 'الأسباب' };

/** The refused rows of a file as the same kind of file: as they came, with a column of reasons, to be corrected and sent again. */
export function refusedRowsFile(db: Db, keyRing: KeyRing, stored: StoredFile, language: Language): Download {
  const format = givenBack(stored.file.format, language);
  const { contentType, extension } = fileTypeOf(format);
  return new Download(contentType, `refused-rows.${extension}`, writeTable(format, refusedTable(db, keyRing, stored, language)));
}

/** The older encodings, and the languages whose reasons can be written in them. */
const writable: Readonly<Record<string, readonly Language[]>> = { 'windows-1252': ['en', 'fr'], 'windows-1256': ['en', 'ar'] };

// Submissions were made into rows to be read, and as rows they go back. What a file's encoding cannot say goes back in UTF-8.
function givenBack({ kind, encoding = 'utf-8', delimiter = ',' }: FileFormat, language: Language): TableFormat {
  if (kind === 'xlsx') return { kind };
  return { kind: 'csv', delimiter, encoding: (writable[encoding]?.includes(language) ?? true) ? encoding : 'utf-8' };
}

async function* refusedTable(db: Db, keyRing: KeyRing, stored: StoredFile, language: Language): AsyncGenerator<string[]> {
  const { header, mapping, attempt, file } = stored;
  // The reasons of the last time make way for those of this time.
  const kept = header.flatMap((cell, i) => (mapping?.get(cell) === 'reasons' ? [] : [i]));
  yield [...kept.map((i) => header[i] ?? ''), reasonsHeader[language]];
  for (let number = -1; ; ) {
    const chunk = await refusedChunkAfter(db, file.id, attempt, number);
    if (!chunk) return;
    number = chunk.number;
    const rows = openRows(keyRing, file.id, chunk);
    for (const refused of chunk.refused) {
      const row = rowOf(chunk, rows, refused);
      yield [...kept.map((i) => row[i] ?? ''), inWords(refused, language), ...row.slice(header.length)];
    }
  }
}

const rowOf = ({ firstRow }: RefusedChunk, rows: readonly string[][], { rowNumber }: RefusedRow): string[] =>
  rows[rowNumber - firstRow] ?? [];

const inWords = ({ reasons }: RefusedRow, language: Language): string =>
  reasons.map(({ cell, code }) => `${cell ? `${cell}: ` : ''}${faultDetail(code, language)}`).join(' | ');
