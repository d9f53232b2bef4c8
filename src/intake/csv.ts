import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { problem } from '../platform/index.ts';

const CHUNK_BYTES = 64 * 1024;
const LONGEST_RECORD = 100_000;

/** The separator that a file uses: whichever of the usual ones its first line holds most of. */
export function separatorOf(text: string): string {
  const [firstLine = ''] = text.split(/\r?\n/, 1);
  return [';', ',', '\t'].reduce((best, next) => (firstLine.split(next).length > firstLine.split(best).length ? next : best));
}

/**
 * The records of a CSV file one by one, the header first, without the empty ones.
 * @throws unprocessable when the file is no CSV, or not in UTF-8
 */
export async function* recordsOf(text: string): AsyncGenerator<string[]> {
  if (text.includes('\uFFFD')) throw problem.unprocessable('The file is not in UTF-8. Save it as "CSV UTF-8" and send it again.');
  const parser = Readable.from(chunksOf(text)).pipe(
    parse({
      bom: true,
      delimiter: separatorOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      max_record_size: LONGEST_RECORD,
    }),
  );
  try {
    for await (const record of parser) yield record as string[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = error['lines'];
    throw problem.unprocessable(`The file cannot be read from line ${Number(line)} on. Look for a quotation mark that is not closed.`);
  }
}

// In bytes, so that no letter is cut in two on its way through a string.
function* chunksOf(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) yield bytes.subarray(start, start + CHUNK_BYTES);
}

/**
 * The rows of a file in batches.
 * @param skip how many rows after the header are done already
 */
export async function* batchesOf(
  text: string,
  skip: number,
  size: number,
): AsyncGenerator<{ header: string[]; firstRow: number; rows: string[][] }> {
  let header: string[] | undefined;
  let row = 0;
  let rows: string[][] = [];
  for await (const record of recordsOf(text)) {
    if (!header) {
      header = record;
      continue;
    }
    row += 1;
    if (row > skip) rows.push(record);
    if (rows.length === size) {
      yield { header, firstRow: row - size + 1, rows };
      rows = [];
    }
  }
  if (header && rows.length > 0) yield { header, firstRow: row - rows.length + 1, rows };
}

/** One line of CSV. A cell that a spreadsheet would run as a formula is kept from it by an apostrophe. */
export const csvLine = (cells: readonly string[], separator: string): string =>
  stringify([[...cells]], { delimiter: separator, escape_formulas: true, record_delimiter: '\r\n' });
