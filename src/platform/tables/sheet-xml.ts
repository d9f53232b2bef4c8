import { columnName } from './sheet-rows.ts';
import { LONGEST_CELL, unreadable } from './table.ts';
import { say } from './words.ts';
import { escaped } from './xml-text.ts';

export const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
export const mainNamespace = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** Rows of a sheet, the header among them. */
const MOST_ROWS = 1_048_576;
const PIECE_CHARACTERS = 64 * 1024;
/** Rows that the widths of columns are taken from, and the widths that are readable, in characters. */
const WIDTH_ROWS = 50;
const [NARROWEST, WIDEST] = [8, 50];

/** A decimal of no more digits than a spreadsheet keeps of a number, and how many of them stand after the point. */
const decimal = /^-?(?=[\d.]{1,16}$)(?:0|[1-9]\d{0,14})(?:\.(\d{1,4}))?$/;
/** The styles of the workbook by digits after the point. */
const numberStyles = ['2', '5', '3', '4', '5'] as const;

/**
 * The XML of a sheet. Its first rows are held until the columns are known to be so wide.
 * @param numbers the columns, 0 being the first, in which a decimal is a number; all else is text
 * @throws unprocessable when there are more rows or longer cells than a sheet holds
 */
export async function* sheetXml(
  rows: AsyncIterable<readonly string[]>,
  rightToLeft: boolean,
  numbers: ReadonlySet<number>,
): AsyncGenerator<Buffer, void> {
  const first: (readonly string[])[] = [];
  let [piece, number] = ['', 0];
  const add = (row: readonly string[]) => {
    number += 1;
    if (number > MOST_ROWS) throw unreadable(say('sheet_too_long', { most: MOST_ROWS }));
    piece += rowXml(row, number, numbers);
  };
  const begin = () => {
    piece = `${declaration}${sheetStart(first, rightToLeft)}`;
    first.forEach(add);
  };
  for await (const row of rows) {
    if (number > 0) add(row);
    else if (first.push(row) === WIDTH_ROWS) begin();
    if (piece.length < PIECE_CHARACTERS) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (number === 0) begin();
  yield Buffer.from(`${piece}</sheetData></worksheet>`);
}

function sheetStart(first: readonly (readonly string[])[], rightToLeft: boolean): string {
  const columns = first.reduce((most, row) => Math.max(most, row.length), 0);
  const widths = Array.from({ length: columns }, (_none, column) =>
    Math.min(
      WIDEST,
      first.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length + 2), NARROWEST),
    ),
  );
  const cols = widths.map((width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" style="0" customWidth="1"/>`).join('');
  const view = `<sheetView workbookViewId="0"${rightToLeft ? ' rightToLeft="1"' : ''}><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>`;
  return `<worksheet xmlns="${mainNamespace}"><sheetViews>${view}</sheetViews>${cols && `<cols>${cols}</cols>`}<sheetData>`;
}

function rowXml(cells: readonly string[], number: number, numbers: ReadonlySet<number>): string {
  const style = number === 1 ? ' s="1"' : '';
  const xml = cells.map((cell, column) => {
    if (cell === '') return '';
    const reference = `${columnName(column)}${number}`;
    if (cell.length > LONGEST_CELL) throw unreadable(say('sheet_cell_too_long', { cell: reference, most: LONGEST_CELL }), number);
    const parts = numbers.has(column) ? decimal.exec(cell) : null;
    if (parts) return `<c r="${reference}" s="${numberStyles[parts[1]?.length ?? 0]}"><v>${cell}</v></c>`;
    const space = /^\s|\s$/.test(cell) ? ' xml:space="preserve"' : '';
    return `<c r="${reference}"${style} t="inlineStr"><is><t${space}>${escaped(cell)}</t></is></c>`;
  });
  return `<row r="${number}">${xml.join('')}</row>`;
}
