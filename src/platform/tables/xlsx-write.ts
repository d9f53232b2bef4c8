import { Readable } from 'node:stream';
import yazl from 'yazl';
import { columnName } from './sheet-rows.ts';
import { LONGEST_CELL, unreadable } from './table.ts';
import { escaped } from './xml-text.ts';

/** Rows of a sheet, the header among them. */
const MOST_ROWS = 1_048_576;
const PIECE_CHARACTERS = 64 * 1024;
/** Rows that the widths of columns are taken from, and the widths that are readable, in characters. */
const WIDTH_ROWS = 50;
const [NARROWEST, WIDEST] = [8, 50];

export interface SheetOptions {
  /** What stands on the sheet's tab. */
  readonly sheetName?: string;
  /** Whether the first column stands at the right, as for Arabic. */
  readonly rightToLeft?: boolean;
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

// The parts beside the sheet. Style 1 is the bold header; every style shows its cell as text, so that a spreadsheet leaves digits alone.
const frame = (sheetName: string): Readonly<Record<string, string>> => ({
  '[Content_Types].xml': `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${sheetName}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
});

/**
 * Writes rows as an XLSX workbook of one sheet: the first row bold and always in sight, every cell a text and exactly what it was given.
 * @throws unprocessable while it is read, when there are more rows or longer cells than a sheet holds
 */
export function writeXlsx(
  rows: AsyncIterable<readonly string[]>,
  { sheetName = 'Sanad', rightToLeft = false }: SheetOptions = {},
): AsyncIterable<Buffer> {
  const zip = new yazl.ZipFile();
  // No time is told, so that the same rows are the same bytes.
  const options = { mtime: new Date(1980, 0, 1), mode: 0o100644 };
  const output = zip.outputStream as Readable;
  const sheet = Readable.from(pieces(rows, rightToLeft), { objectMode: false });
  zip.on('error', (error) => output.destroy(error as Error));
  output.on('close', () => sheet.destroy());
  for (const [name, xml] of Object.entries(frame(escaped(tabName(sheetName)))))
    zip.addBuffer(Buffer.from(declaration + xml), name, options);
  zip.addReadStream(sheet, 'xl/worksheets/sheet1.xml', options);
  zip.end();
  return output;
}

// A tab has 1 to 31 characters, and not these.
const tabName = (name: string): string =>
  name
    .replaceAll(/[\\/?*[\]:]|^'|'$/g, ' ')
    .slice(0, 31)
    .trim() || 'Sanad';

async function* pieces(rows: AsyncIterable<readonly string[]>, rightToLeft: boolean): AsyncGenerator<Buffer, void> {
  const source = rows[Symbol.asyncIterator]();
  const first: (readonly string[])[] = [];
  try {
    while (first.length < WIDTH_ROWS) {
      const { done, value } = await source.next();
      if (done) break;
      first.push(value);
    }
    let [piece, number] = [`${declaration}${sheetStart(first, rightToLeft)}`, 0];
    for (let next = await following(first, source, 0); next; next = await following(first, source, number)) {
      number += 1;
      if (number > MOST_ROWS) throw unreadable(`A sheet holds ${MOST_ROWS} rows at most. Ask for CSV.`);
      piece += rowXml(next, number);
      if (piece.length < PIECE_CHARACTERS) continue;
      yield Buffer.from(piece);
      piece = '';
    }
    yield Buffer.from(`${piece}</sheetData></worksheet>`);
  } finally {
    await source.return?.();
  }
}

async function following(
  first: (readonly string[])[],
  source: AsyncIterator<readonly string[]>,
  at: number,
): Promise<readonly string[] | undefined> {
  if (at < first.length) return first[at];
  const { done, value } = await source.next();
  return done ? undefined : value;
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
  return `<worksheet xmlns="${main}"><sheetViews>${view}</sheetViews>${cols && `<cols>${cols}</cols>`}<sheetData>`;
}

function rowXml(cells: readonly string[], number: number): string {
  const style = number === 1 ? 1 : 0;
  const xml = cells.map((cell, column) => {
    if (cell === '') return '';
    const reference = `${columnName(column)}${number}`;
    if (cell.length > LONGEST_CELL) throw unreadable(`Cell ${reference} has more than ${LONGEST_CELL} characters. Ask for CSV.`, number);
    return `<c r="${reference}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  });
  return `<row r="${number}">${xml.join('')}</row>`;
}
