import { pipeline, Readable, type TransformCallback } from 'node:stream';
import { CsvError, type Options, Parser } from 'csv-parse';
import { decodeText } from './decode-text.ts';
import { delimiterOf } from './delimiter.ts';
import { unguarded } from './formula-guard.ts';
import { LONGEST_CELL, MOST_COLUMNS, type NumberedRow, type Records, unreadable } from './table.ts';

/** Characters in a line, or in the lines that quotation marks join. */
const LONGEST_RECORD = 256 * 1024;
/** How much of the text the delimiter is looked for in. */
const BEGINNING = 64 * 1024;

/**
 * Reads a CSV file as a stream, in whatever encoding and with whatever delimiter and line ends it comes.
 * @param known what stands between the cells, where somebody has said so
 * @throws unprocessable naming the line, here or while its rows are read
 */
export async function readCsv(bytes: AsyncIterable<Buffer>, known?: string): Promise<Records> {
  const { encoding, beginning, pieces } = await decodeText(bytes);
  const said = /^\uFEFF?sep=([;,\t|])(?:\r\n|\r|\n)/.exec(beginning);
  const delimiter = said?.[1] ?? known ?? delimiterOf(beginning.slice(0, BEGINNING));
  return { format: { kind: 'csv', encoding, delimiter }, records: recordsOf(pieces, delimiter, said ? 2 : 1) };
}

async function* recordsOf(pieces: AsyncIterable<string>, delimiter: string, fromLine: number): AsyncGenerator<NumberedRow, void> {
  const parser = new PieceParser({
    delimiter,
    from_line: fromLine,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
    max_record_size: LONGEST_RECORD,
  });
  pipeline(Readable.from(pieces), parser, () => {}); // the parser is destroyed with what went wrong, and tells it below
  try {
    for await (const records of parser) {
      for (const { row, cells } of records as NumberedRow[]) yield { row, cells: checked(cells, row) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const [from, to] = [parser.lastLine + 1, Number(error['lines'])];
    throw unreadable(
      `The file cannot be read from line ${from} on. ${advice(error.code)}`,
      error.code === 'CSV_QUOTE_NOT_CLOSED' ? from : to,
    );
  }
}

/** Hands the records of a piece of text on together: a step of the stream for each would cost as much as its reading. */
class PieceParser extends Parser {
  /** The line that the last whole record ended on; what is wrong is wrong in the record after it. */
  lastLine = 0;
  #records: NumberedRow[] = [];

  constructor(options: Options) {
    super({ ...options, readableHighWaterMark: 1 } as Options);
  }

  override push(record: string[] | null): boolean {
    if (record === null) return super.push(null);
    this.lastLine = this.info.lines;
    this.#records.push({ row: this.lastLine, cells: record });
    return true;
  }

  override _transform(piece: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    super._transform(piece, encoding, (error) => {
      this.#handOn();
      done(error);
    });
  }

  override _flush(done: TransformCallback): void {
    super._flush((error) => {
      this.#handOn();
      done(error);
    });
  }

  #handOn(): void {
    if (this.#records.length > 0) super.push(this.#records);
    this.#records = [];
  }
}

function advice(code: string): string {
  if (code === 'CSV_MAX_RECORD_SIZE')
    return `It goes on for more than ${LONGEST_RECORD} characters. Look for a quotation mark that is not closed.`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'Look for a quotation mark that is not closed.';
  return 'A cell that has a quotation mark in it must be in quotation marks itself, and each of those inside it doubled.';
}

function checked(record: readonly string[], line: number): string[] {
  if (record.length > MOST_COLUMNS) throw unreadable(`Line ${line} has more than ${MOST_COLUMNS} cells. Split the file.`, line);
  return record.map((cell) => {
    if (cell.length > LONGEST_CELL) throw unreadable(`Line ${line} has a cell of more than ${LONGEST_CELL} characters. Shorten it.`, line);
    return unguarded(cell);
  });
}
