import { open, stat } from 'node:fs/promises';
import { type NumberedRow, Problem, readRecords } from '../platform/index.ts';
import { type Column, columnsOf, looksLikeId } from './columns.ts';
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

function announce(file: string, header: readonly string[], columns: readonly (Column | undefined)[], say: (line: string) => void): void {
  const compared = columns.filter((column) => column && column.holds !== 'id' && column.holds !== 'household');
  if (compared.length === 0) {
    throw new FileError(
      `${file} has no column that is known. Name its columns id, given_name, family_name, birth_date, sex, document_number, phone, location.`,
    );
  }
  const ignored = header.filter((_, place) => !columns[place]).map((name) => `"${name.trim()}"`);
  if (ignored.length > 0) say(`${file}: columns not used: ${ignored.join(', ')}`);
}

/** As many characters as an identifier has at most. */
const LONGEST_ID = 100;

/**
 * The column that tells the rows of a file apart, where none is known to: pairs under numbers of our own would be no use to who has other ones.
 * @returns its place, or undefined where every column that is not known says something twice, or nothing
 */
async function tellingApart(
  file: string,
  header: readonly string[],
  columns: readonly (Column | undefined)[],
): Promise<number | undefined> {
  const seen = new Map(header.flatMap((_, place) => (columns[place] ? [] : [[place, new Set<string>()] as const])));
  const records = recordsOf(file);
  await records.next();
  for await (const cells of records) {
    for (const [place, ids] of seen) {
      const id = cells[place]?.trim() ?? '';
      if (id === '' || id.length > LONGEST_ID || /\s/.test(id) || ids.has(id)) seen.delete(place);
      else ids.add(id);
    }
    if (seen.size === 0) break;
  }
  const places = [...seen.keys()];
  return places.find((place) => looksLikeId(header[place] ?? '')) ?? places[0];
}

/** What the columns of a file hold, one of them the id of its rows if there is any that can be. */
async function identified(file: string, header: readonly string[], say: (line: string) => void): Promise<(Column | undefined)[]> {
  const columns = columnsOf(header);
  if (columns.some((column) => column?.holds === 'id')) return columns;
  const place = await tellingApart(file, header, columns);
  if (place === undefined) {
    say(`${file}: no column is named id; the rows are numbered from 1.`);
    return columns;
  }
  say(`${file}: no column is named id; column ${place + 1}, "${header[place]?.trim()}", differs in every row and is taken for it.`);
  return columns.with(place, { holds: 'id' });
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
  const columns = await identified(file, header, say);
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
