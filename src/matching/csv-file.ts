import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { columnsOf } from './columns.ts';
import { dateOrderOf } from './read-birth.ts';
import { RowReader } from './row.ts';

/** Why a file cannot be compared, in words for the person who has it. */
export class FileError extends Error {}

const HEAD_BYTES = 65_536;
const LONGEST_RECORD = 1_000_000;
const ROWS_LOOKED_AT = 1_000;

/** The separator that a file uses: whichever of the usual ones its first line holds most of. */
async function separatorOf(file: string): Promise<string> {
  const handle = await open(file).catch(() => {
    throw new FileError(`There is no file ${file}, or it cannot be read.`);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1);
    return [',', ';', '\t', '|'].reduce((best, next) => (line.split(next).length > line.split(best).length ? next : best));
  } finally {
    await handle.close();
  }
}

async function* recordsOf(file: string): AsyncGenerator<string[]> {
  const delimiter = await separatorOf(file);
  const options = {
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_RECORD,
  };
  try {
    for await (const record of createReadStream(file).pipe(parse(options))) {
      const cells = record as string[];
      if (cells.some((cell) => cell.includes('\uFFFD')))
        throw new FileError(`${file} is not in UTF-8. Save it as "CSV UTF-8" and try again.`);
      yield cells;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FileError(`${file} cannot be read from line ${Number(error['lines'])} on. Look for a quotation mark that is not closed.`);
  }
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
  const early: string[][] = [];
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
