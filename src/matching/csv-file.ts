import { open, stat } from 'node:fs/promises';
import { type NumberedRow, Problem, readRecords, sheetsBeside } from '../platform/index.ts';
import { type Column, columnsOf, looksLikeId } from './columns.ts';
import { DateOrderCount, learntOrder } from './date-order.ts';
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

/** The records of a file as it stands: its header first, and each as many cells as that. @param say what is told of sheets that are not read */
async function* recordsOf(file: string, say: (line: string) => void): AsyncGenerator<NumberedRow> {
  const handle = await open(file).catch(() => {
    throw new FileError(`There is no file ${file}, or it cannot be read.`);
  });
  let columns: number | undefined;
  try {
    const { records, others = [] } = await readRecords(handle.createReadStream(), 'text/csv');
    for (const { called } of await sheetsBeside(others)) say(`${file}: ${called} is not read.`);
    for await (const record of records) {
      columns ??= lastWritten(record.cells) + 1;
      refuseTorn(file, record, columns);
      yield record;
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
function refuseTorn(file: string, { row, line = row, cells }: NumberedRow, columns: number): void {
  if (cells.some((cell) => /[\r\n]/.test(cell))) {
    throw new FileError(
      `${file} has a line break in a cell, from line ${line} on. Look for a stray quotation mark, or write the cell on one line.`,
    );
  }
  if (cells.length < columns || lastWritten(cells) >= columns) {
    throw new FileError(
      `${file} has ${cells.length} cells in line ${line} and ${columns} in its header. Look for a stray separator or quotation mark.`,
    );
  }
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
  const records = recordsOf(file, () => {});
  await records.next();
  for await (const { cells } of records) {
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

/** A row of a file with what reads it. */
export interface FileRow {
  readonly cells: readonly string[];
  readonly reader: RowReader;
  /** Which of the rows below the header it is, 1 being the first. */
  readonly number: number;
  /** In which row a spreadsheet shows it. */
  readonly row: number;
}

/**
 * The rows of a CSV file, one by one. Its header says what the columns hold, its first rows how dates are written.
 * @throws FileError
 */
export async function* rowsOf(file: string, today: Date, say: (line: string) => void): AsyncGenerator<FileRow> {
  const records = recordsOf(file, say);
  const first = await records.next();
  if (first.done) throw new FileError(`${file} is empty.`);
  const header = first.value.cells;
  const columns = await identified(file, header, say);
  announce(file, header, columns, say);
  const early: NumberedRow[] = [];
  for (let next = await records.next(); !next.done; next = await records.next()) {
    early.push(next.value);
    if (early.length === ROWS_LOOKED_AT) break;
  }
  const birth = columns.findIndex((column) => column?.holds === 'birth');
  const dates = new DateOrderCount();
  for (const { cells } of early) dates.add(cells[birth] ?? '');
  const { order, known } = learntOrder(dates.counts);
  if (known !== 'shown' && dates.counts.either > 0)
    say(`${file}: ${dateWords[known]} The ${order === 'day_first' ? 'day' : 'month'} is taken to come first.`);
  const reader = new RowReader(columns, order, today);
  let number = 0;
  for (const { row, cells } of early) {
    number += 1;
    yield { cells, reader, number, row };
  }
  for await (const { row, cells } of records) {
    number += 1;
    yield { cells, reader, number, row };
  }
  if (number === 0) throw new FileError(`${file} has a header and no rows.`);
}

const dateWords = {
  assumed: 'no date of birth shows whether the day or the month comes first.',
  mixed: 'some dates of birth put the day first and some the month.',
} as const;
