import { pipeline, Readable, type TransformCallback } from 'node:stream';
import { CsvError, type Options, Parser } from 'csv-parse';
import type { Text } from '../texts.ts';
import { decodeText } from './decode-text.ts';
import { delimiterOf } from './delimiter.ts';
import { unguarded } from './formula-guard.ts';
import { LONGEST_CELL, MOST_COLUMNS, type NumberedRow, type Records, unreadable } from './table.ts';
import { say } from './words.ts';

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
    trim: true,
    max_record_size: LONGEST_RECORD,
  });
  pipeline(Readable.from(pieces), parser, () => {}); // the parser is destroyed with what went wrong, and tells it below
  try {
    for await (const records of parser) {
      for (const record of records as LineRow[]) yield { ...record, cells: checked(record) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const [from, to] = [parser.nextLine, Number(error['lines'])];
    throw unreadable(say('file_unreadable_from', { line: from, advice: advice(error.code, from, to) }), from);
  }
}

type LineRow = NumberedRow & { readonly line: number };

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell === '');

/** Hands the records of a piece of text on together: a step of the stream for each would cost as much as its reading. */
class PieceParser extends Parser {
  /** How far the last whole record went, the empty lines before it counted in each. */
  #last = { row: 0, line: 0, emptyLines: 0 };
  #records: LineRow[] = [];

  constructor(options: Options & { from_line: number }) {
    super({ ...options, readableHighWaterMark: 1 } as Options);
    this.#last.line = options.from_line - 1;
  }

  override push(record: string[] | null): boolean {
    if (record === null) return super.push(null);
    const { lines, empty_lines: emptyLines } = this.info;
    const row = this.#last.row + emptyLines - this.#last.emptyLines + 1;
    if (!isBlank(record)) this.#records.push({ row, line: this.nextLine, cells: record });
    this.#last = { row, line: lines, emptyLines };
    return true;
  }

  /** The line that the record begins on which is not whole yet; what is wrong is wrong in it. */
  get nextLine(): number {
    return this.#last.line + this.info.empty_lines - this.#last.emptyLines + 1;
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

function advice(code: string, from: number, to: number): Text {
  const look = say('quotation_to_look_for');
  if (code === 'CSV_MAX_RECORD_SIZE') return say('line_goes_on', { most: LONGEST_RECORD, advice: look });
  if (code === 'CSV_QUOTE_NOT_CLOSED') return look;
  return to > from ? say('quotation_opens_there', { line: to, advice: look }) : say('quotation_to_double');
}

function checked({ cells, line }: LineRow): string[] {
  if (cells.length > MOST_COLUMNS) throw unreadable(say('line_too_wide', { line, most: MOST_COLUMNS }), line);
  return cells.map((cell) => {
    if (cell.length > LONGEST_CELL) {
      const what = say(cell.includes('\n') || cell.includes('\r') ? 'quotation_to_look_for' : 'shorten');
      throw unreadable(say('line_cell_too_long', { line, most: LONGEST_CELL, advice: what }), line);
    }
    return unguarded(cell);
  });
}
