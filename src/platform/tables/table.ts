import { type Problem, type ProblemPlace, problem } from '../problems.ts';
import type { Text } from '../texts.ts';
import { say } from './words.ts';

/** How a file of cells is written, so that an answer can be given in kind. It is JSON and is kept with the file. */
export interface TableFormat {
  readonly kind: 'csv' | 'xlsx';
  /** A label of the WHATWG Encoding Standard; for CSV alone. */
  readonly encoding?: string;
  /** For CSV alone. */
  readonly delimiter?: string;
  /** Which sheet of a workbook it is. */
  readonly sheet?: string;
}

/** A file of cells as text: the header, then row by row. Rows without any text are left out, but counted. */
export interface Table extends Omit<Records, 'records'> {
  readonly header: readonly string[];
  /** To be read once. Whoever stops early calls `return()`, as `for await` does by itself. */
  readonly rows: AsyncGenerator<NumberedRow, void>;
}

/**
 * A record of a file of cells, and the row that a spreadsheet shows it in: empty rows and those above the header count, and a record of CSV
 * with line breaks in its cells is one.
 */
export interface NumberedRow {
  readonly row: number;
  /** The line of CSV that it begins on, as an editor counts. */
  readonly line?: number;
  readonly cells: readonly string[];
  /** Which of its cells, 0 being the first, are numbers of a workbook: a point stands before their decimals, whatever its texts have there. */
  readonly numbers?: readonly number[];
}

/** A sheet of a workbook that is not read unless somebody asks for it. */
export interface OtherSheet {
  readonly name: string;
  readonly isVisible: boolean;
  /** As {@link Records}, as far as the beginning of a large sheet goes. @throws unprocessable where it breaks off */
  rows(): AsyncGenerator<NumberedRow, void>;
}

/** A file of cells as it stands, its header being a record like another. Records without any text are left out, but counted. */
export interface Records {
  readonly format: TableFormat;
  /** Whether a workbook counts days from 1904: what a number means that it does not show as a day. */
  readonly from1904?: boolean;
  /** Whether the sheet that is read is another than the one that is read of a workbook where nobody says which. */
  readonly isChosen?: boolean;
  /** What a workbook holds besides the sheet that is read. */
  readonly others?: readonly OtherSheet[];
  /** To be read once. Whoever stops early calls `return()`, as `for await` does by itself. */
  readonly records: AsyncGenerator<NumberedRow, void>;
}

/** More columns than any form has questions, and few enough that a hostile row is cheap. */
export const MOST_COLUMNS = 1_000;
/** Characters in a header; Kobo puts whole questions there. */
const LONGEST_HEADER = 1_000;
/** Characters in a cell, which is what a spreadsheet holds. */
export const LONGEST_CELL = 32_767;

/** Records that are looked through for a header: the titles that people write above one are fewer. */
const TITLES = 10;

/** Whether the cells of a record are the names of columns. */
export type IsHeader = (cells: readonly string[]) => boolean;

/** @param line of the file or row of the sheet, 1 is the first */
export const unreadable = (detail: Text, line?: number): Problem => {
  const places: ProblemPlace[] = line === undefined ? [] : [{ row: line, detail }];
  return problem.unprocessable(detail, {}, places);
};

const isBlank = (cell: string): boolean => cell.trim() === '';

function withoutBlankEnd(cells: readonly string[], keep: number): readonly string[] {
  let end = cells.length;
  while (end > keep && isBlank(cells[end - 1] ?? '')) end -= 1;
  return end === cells.length ? cells : cells.slice(0, end);
}

/**
 * Takes the header off a stream of records. Blank cells to the right of the header are dropped; a row may still be longer or shorter.
 * @param isHeader knows a header below titles, which are left out; where none of the first records is one, the first of them is the header
 * @throws unprocessable when there is no header, or it is no header that anybody wrote
 */
export async function tableOf({ records, ...file }: Records, isHeader: IsHeader = () => true): Promise<Table> {
  const rows = headed(fromHeader(records, isHeader), file.format.delimiter);
  const first = await rows.next();
  if (first.done) throw unreadable(isEmpty(file));
  return { ...file, header: first.value.cells, rows };
}

function isEmpty({ format: { sheet }, others = [] }: Omit<Records, 'records'>): Text {
  if (sheet === undefined) return say('file_without_header');
  return others.length === 0 ? say('sheet_empty', { sheet }) : say('sheet_empty_among', { sheet, sheets: namesOf(others) });
}

/** The names of sheets, for somebody to choose from. */
export const namesOf = (sheets: readonly { readonly name: string }[]): string => sheets.map(({ name }) => `"${name}"`).join(', ');

async function* fromHeader(records: AsyncGenerator<NumberedRow, void>, isHeader: IsHeader): AsyncGenerator<NumberedRow, void> {
  const before: NumberedRow[] = [];
  /** The header, while the record below it may be its second line. */
  let upper: NumberedRow | undefined;
  let isFound = false;
  for await (const record of records) {
    if (upper) {
      const whole = inTwoLines(upper, record);
      yield whole ?? upper;
      upper = undefined;
      if (!whole) yield record;
    } else if (isFound) {
      yield record;
    } else if (isHeader(withoutBlankEnd(record.cells, 0))) {
      isFound = true;
      const above = before.at(-1);
      const whole = above && inTwoLines(above, record);
      if (whole) yield whole;
      else upper = record;
    } else {
      const above = before.at(-1);
      const whole = above && inTwoLines(above, record);
      if (whole && isHeader(whole.cells)) {
        isFound = true;
        yield whole;
        continue;
      }
      before.push(record);
      if (before.length < TITLES) continue;
      isFound = true;
      yield* before;
    }
  }
  if (upper) yield upper;
  if (!isFound) yield* before;
}

/**
 * A header whose cells are merged, as spreadsheets save it: above, the columns and the groups of columns, each in the first of its cells; below,
 * the columns of each group and nothing under the others. A column of a group is called `group/column`, as forms call theirs.
 * @returns undefined where the two are something else
 */
function inTwoLines({ cells: above }: NumberedRow, lower: NumberedRow): NumberedRow | undefined {
  const below = lower.cells;
  const width = withoutBlankEnd(above, withoutBlankEnd(below, 0).length).length;
  const at = (cells: readonly string[], i: number): string => cells[i]?.trim() ?? '';
  const names: string[] = [];
  let [group, columns, parts] = ['', 0, 0];
  for (let i = 0; i < width; i += 1) {
    const [name, part] = [at(above, i), at(below, i)];
    // A group has a cell to its right that has a name below alone.
    const isGroup = name !== '' && at(above, i + 1) === '' && at(below, i + 1) !== '';
    if (name !== '') group = isGroup ? name : '';
    if ((part !== '') !== (group !== '')) return undefined;
    if (part === '') columns += 1;
    else parts += 1;
    names.push(part === '' ? name : `${group}/${part}`);
  }
  return columns > 0 && parts > 0 && !names.includes('') ? { ...lower, cells: names } : undefined;
}

async function* headed(records: AsyncGenerator<NumberedRow, void>, delimiter: string | undefined): AsyncGenerator<NumberedRow, void> {
  let columns: number | undefined;
  for await (const record of records) {
    if (columns === undefined) {
      const cells = withoutBlankEnd(record.cells, 0).map((cell) => cell.trim());
      if (cells.length === 0) continue;
      const tooLong = cells.findIndex((cell) => cell.length > LONGEST_HEADER);
      if (tooLong >= 0) throw unreadable(say('header_too_long', { column: tooLong + 1, most: LONGEST_HEADER }));
      columns = cells.length;
      yield { ...record, cells };
    } else {
      const cells = withoutBlankEnd(record.cells, columns);
      if (cells.every(isBlank)) continue;
      if (delimiter !== undefined) refuseJoinedLines({ ...record, cells }, columns, delimiter);
      yield { ...record, cells };
    }
  }
}

const lineBreak = /\r\n|\r|\n/;
/** Fewer cells are no row of anything, and what stands in several lines may well have as many by chance. */
const FEWEST_CELLS = 3;
/** Of so many cells one may be left out at the end of a row. */
const CELLS_FOR_ONE_LEFT_OUT = 8;
/** The share of lines that must be rows by themselves for the whole to be no cell that somebody wrote. */
const MOST_LINES = 0.8;

/**
 * A quotation mark that is not closed joins what follows up to the next one, and the people in it would be lost in one cell. What somebody
 * wrote in several lines is not made of rows.
 * @throws unprocessable naming the line where the quotation mark opens
 */
function refuseJoinedLines({ line = 1, cells }: NumberedRow, columns: number, delimiter: string): void {
  if (columns < FEWEST_CELLS || !cells.some((cell) => lineBreak.test(cell))) return;
  const lines = cells
    .join(delimiter)
    .split(lineBreak)
    .filter((text) => !isBlank(text));
  const fewest = columns - Math.floor(columns / CELLS_FOR_ONE_LEFT_OUT);
  const isRow = ({ length }: string[]): boolean => length >= fewest && length <= columns;
  if (lines.filter((text) => isRow(text.split(delimiter))).length < MOST_LINES * lines.length) return;
  // No cell before it has a line break, so it opens on the line that the record begins on.
  throw unreadable(say('quotation_joins_lines', { line, lines: lines.length, advice: say('quotation_to_look_for') }), line);
}
