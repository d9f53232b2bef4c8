import { createHash } from 'node:crypto';
import { command, type Db, Download, fileTypeOf, type KeyRing, writeTable } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { columnOf, type ExportField } from './export-columns.ts';
import { everybodyIn, peopleToExport } from './export-store.ts';
import { openPerson } from './sealing.ts';
import type { Language } from './types.ts';

/** What an export holds and how it is written. */
export interface ExportForm {
  readonly fields: readonly ExportField[];
  readonly format: 'csv' | 'xlsx';
  readonly language: Language;
}

const ID_BYTES = 16;
/** So many people are read and opened at a time. */
const BATCH = 250;

/**
 * Settles who is in an export, and records that they were read, before a line of it leaves: whoever hangs up in the middle could have
 * read them all. The trail keeps the digest of how many they are and of the SHA-256 of their identifiers in order.
 * @returns the identifiers, 16 bytes each
 */
export const beginExport = command<ExportForm & { programmeId: string; reason: string }, Buffer>({
  name: 'beneficiaries.export',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx }, { programmeId, reason, fields, format }) {
    await programmeById(tx, programmeId);
    const ids = await everybodyIn(tx, programmeId);
    const people = ids.length / ID_BYTES;
    return {
      result: ids,
      subject: { type: 'beneficiaries_of_programme', id: programmeId },
      after: { people, ids: createHash('sha256').update(ids).digest('hex'), fields, format },
      reason: `${reason} (${people} people)`,
    };
  },
});

/** The people whom {@link beginExport} settled on, as a file. It is read as fast as it is taken, and no further once nobody takes it. */
export function exportFile(db: Db, keyRing: KeyRing, programmeId: string, ids: Buffer, form: ExportForm): Download {
  const { contentType, extension } = fileTypeOf({ kind: form.format });
  const table = writeTable({ kind: form.format }, rowsOf(db, keyRing, programmeId, ids, form), { rightToLeft: form.language === 'ar' });
  return new Download(contentType, `people-${programmeId}.${extension}`, table);
}

async function* rowsOf(
  db: Db,
  keyRing: KeyRing,
  programmeId: string,
  ids: Buffer,
  { fields, language }: ExportForm,
): AsyncGenerator<string[], void> {
  const columns = fields.map(columnOf);
  const opened = [...new Set(columns.flatMap(({ opens }) => opens ?? []))];
  yield columns.map(({ header }) => header[language]);
  for (let from = 0; from < ids.length; from += BATCH * ID_BYTES) {
    for (const row of await peopleToExport(db, programmeId, ids.subarray(from, from + BATCH * ID_BYTES), opened)) {
      const person = (opened.length > 0 && openPerson(keyRing, row.id, row, opened)) || {};
      yield columns.map((column) => column.cell(row, person));
    }
  }
}
