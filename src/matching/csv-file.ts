import { open, stat } from 'node:fs/promises';
import { type NumberedRow, Problem, readRecords } from '../platform/index.ts';
import { columnsOf } from './columns.ts';
import { dateOrderOf } from './read-birth.ts';
import { RowReader } from './row.ts';

/** Why a file cannot be compared, in words for the person who has it. */
export class FileError extends Error {}

const ROWS_LOOKED_AT = 1_000;

/** @throws FileError when what is written would take the place of a file that is read, under whatever name */
export async function refuseToReplace(out: string, files: readonly string[]): Promise<void> {
  const target = await stat(out).catch(() => undefined);
  if (!target) return;
  for (const file of files) {
    const source = await stat(file).catch(() => undefined);
    if (source?.ino === target.ino && source.dev === target.dev)
      throw new FileError(`--out names ${file}, which is read. Write the pairs to another file.`);
  }
}

/** The records of a file as it stands: its header first, and each as many cells as that. */
async function* recordsOf(file: string): AsyncGenerator<readonly string[]> {
  const handle = await open(file).catch(() => {
    throw new FileError(`There is no file ${file}, or it cannot be read.`);
  });
  let columns: number | undefined;
  try {
    const { records } = await readRecords(handle.createReadStream(), 'text/csv');
    for await (const record of records) {
      columns ??= lastWritten(record.cells) + 1;
      yield wholeRecord(file, record, columns);
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new FileError(`${file}: ${error.message}`);
  } finally {
    await handle.close();
  }
}

const lastWritten = (cells: readonly string[]): number => cells.findLastIndex((cell) => cell.trim() !== '');

// A stray quotation mark joins the lines up to the next one, and a stray separator moves what stands behind it: both would compare nonsense.
function wholeRecord(file: string, { row, cells }: NumberedRow, columns: number): readonly string[] {
  const breaks = cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
  if (breaks > 0) {
    throw new FileError(
      `${file} has a line break in a cell, from line ${row - breaks} on. Look for a stray quotation mark, or write the cell on one line.`,
    );
  }
  if (cells.length < columns || lastWritten(cells) >= columns) {
    throw new FileError(
      `${file} has ${cells.length} cells in line ${row} and ${columns} in its header. Look for a stray separator or quotation mark.`,
    );
  }
  return cells;
}

function announce(file: string, header: readonly string[], columns: ReturnType<typeof columnsOf>, say: (line: string) => void): void {
  const compared = columns.filter((column) => column && column.holds !== 'id' && column.holds !== 'household');
  if (compared.length === 0) {
    throw new FileError(
      `${file} has no column that is known. Name its columns id, given_name, family_name, birth_date, sex, document_number, phone, location.`,
    );
  }
  const ignored = header.filter((_, place) => !columns[place]).map((name) => `"${name.trim()}"`);
  if (ignored.length > 0) say(`${file}: columns not used: ${ignored.join(', ')}`);
  if (!columns.some((column) => column?.holds === 'id')) say(`${file}: no column is named id; the rows are numbered from 1.`);
}

/** A row of a file with what reads it; lines count from 1 after the header. */
export interface FileRow {
  readonly cells: readonly string[];
  readonly reader: RowReader;
  readonly line: number;
}

/**
 * The rows of a CSV file, one by one. Its header says what the columns hold, its first rows how dates are written.
 * @throws FileError
 */
export async function* rowsOf(file: string, today: Date, say: (line: string) => void): AsyncGenerator<FileRow> {
  const records = recordsOf(file);
  const first = await records.next();
  if (first.done) throw new FileError(`${file} is empty.`);
  const header = first.value;
  const columns = columnsOf(header);
  announce(file, header, columns, say);
  const early: (readonly string[])[] = [];
  for (let next = await records.next(); !next.done; next = await records.next()) {
    early.push(next.value);
    if (early.length === ROWS_LOOKED_AT) break;
  }
  const birth = columns.findIndex((column) => column?.holds === 'birth');
  const reader = new RowReader(columns, dateOrderOf(early.map((cells) => cells[birth] ?? '')), today);
  let line = 0;
  for (const cells of early) {
    line += 1;
    yield { cells, reader, line };
  }
  for await (const cells of records) {
    line += 1;
    yield { cells, reader, line };
  }
  if (line === 0) throw new FileError(`${file} has a header and no rows.`);
}
