import type { Db, KeyRing } from '../platform/index.ts';
import { columnOf } from './export-columns.ts';
import { peopleToExport } from './export-store.ts';
import type { ExportForm } from './export-types.ts';
import { openPerson } from './sealing.ts';

/** So many people are read and opened at a time. */
const BATCH = 250;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * The rows of an export, the header first, read as fast as they are taken.
 * @param reading is told who is about to be shown, and is waited for before a row of theirs leaves
 */
export async function* exportRows(
  db: Db,
  keyRing: KeyRing,
  programmeId: string,
  { fields, language, filter }: ExportForm,
  reading: (beneficiaryIds: readonly string[]) => Promise<void>,
): AsyncGenerator<string[], void> {
  const columns = fields.map(columnOf);
  const opened = [...new Set(columns.flatMap(({ opens }) => opens ?? []))];
  yield columns.map(({ header }) => header[language]);
  for (let after = FIRST; ; ) {
    const rows = await peopleToExport(db, programmeId, filter, after, BATCH, opened);
    const last = rows.at(-1);
    if (!last) return;
    await reading(rows.map(({ id }) => id));
    for (const row of rows) {
      const person = (opened.length > 0 && openPerson(keyRing, row.id, row, opened)) || {};
      yield columns.map((column) => column.cell(row, person));
    }
    after = last.id;
  }
}
