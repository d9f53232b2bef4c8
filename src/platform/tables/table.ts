import { type Problem, type ProblemPlace, problem } from '../problems.ts';

/** How a file of cells is written, so that an answer can be given in kind. It is JSON and is kept with the file. */
export interface TableFormat {
  readonly kind: 'csv' | 'xlsx';
  /** A label of the WHATWG Encoding Standard; for CSV alone. */
  readonly encoding?: string;
  /** For CSV alone. */
  readonly delimiter?: string;
}

/** A file of cells as text: the header, then row by row. Rows without any text are left out and not counted. */
export interface Table {
  readonly format: TableFormat;
  readonly header: readonly string[];
  /** To be read once. Whoever stops early calls `return()`, as `for await` does by itself. */
  readonly rows: AsyncGenerator<readonly string[], void>;
}

/** A record of a file of cells, and the line of the file or row of the sheet that it ends on. */
export interface NumberedRow {
  readonly row: number;
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
export const unreadable = (detail: string, line?: number): Problem => {
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
export async function tableOf({ format, records }: Records, isHeader: IsHeader = () => true): Promise<Table> {
  const rows = headed(fromHeader(records, isHeader));
  const first = await rows.next();
  if (first.done) throw unreadable('The file is empty. Its first line must name the columns.');
  return { format, header: first.value, rows };
}

async function* fromHeader(records: AsyncGenerator<NumberedRow, void>, isHeader: IsHeader): AsyncGenerator<NumberedRow, void> {
  const before: NumberedRow[] = [];
  let isFound = false;
  for await (const record of records) {
    if (isFound) {
      yield record;
    } else if (isHeader(withoutBlankEnd(record.cells, 0))) {
      isFound = true;
      yield record;
    } else {
      before.push(record);
      if (before.length < TITLES) continue;
      isFound = true;
      yield* before;
    }
  }
  if (!isFound) yield* before;
}

async function* headed(records: AsyncGenerator<NumberedRow, void>): AsyncGenerator<readonly string[], void> {
  let columns: number | undefined;
  for await (const { cells: record } of records) {
    if (columns === undefined) {
      const header = withoutBlankEnd(record, 0).map((cell) => cell.trim());
      if (header.length === 0) continue;
      const tooLong = header.findIndex((cell) => cell.length > LONGEST_HEADER);
      if (tooLong >= 0) throw unreadable(`The header of column ${tooLong + 1} is longer than ${LONGEST_HEADER} characters. Shorten it.`);
      columns = header.length;
      yield header;
    } else {
      const row = withoutBlankEnd(record, columns);
      if (!row.every(isBlank)) yield row;
    }
  }
}
