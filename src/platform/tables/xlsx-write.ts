import { Readable } from 'node:stream';
import yazl from 'yazl';
import { declaration, mainNamespace as main, sheetXml } from './sheet-xml.ts';
import { escaped } from './xml-text.ts';

export interface SheetOptions {
  /** What stands on the sheet's tab. */
  readonly sheetName?: string;
  /** Whether the first column stands at the right, as for Arabic. */
  readonly rightToLeft?: boolean;
  /** The columns, 0 being the first, in which a decimal is written as a number, with the digits that it has: amounts and counts, never a code. */
  readonly numbers?: ReadonlySet<number>;
}

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

// The parts beside the sheet. Style 1 is the bold header; it and the first show their cells as text, so that a spreadsheet leaves digits alone. The
// others are of numbers: whole, with two digits after the point, with three, and with any.
const frame = (sheetName: string): Readonly<Record<string, string>> => ({
  '[Content_Types].xml': `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${sheetName}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.000"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/><xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
});

/**
 * Writes rows as an XLSX workbook of one sheet: the first row bold and always in sight, every cell exactly what it was given: a text, or where a column is of
 * numbers a number.
 * @throws unprocessable while it is read, when there are more rows or longer cells than a sheet holds
 */
export async function* writeXlsx(
  rows: AsyncIterable<readonly string[]>,
  { sheetName = 'Sanad', rightToLeft = false, numbers = new Set() }: SheetOptions = {},
): AsyncGenerator<Buffer, void> {
  const zip = new yazl.ZipFile();
  // No time is told, so that the same rows are the same bytes.
  const options = { mtime: new Date(1980, 0, 1), mode: 0o100644 };
  const output = zip.outputStream as Readable;
  const sheet = Readable.from(sheetXml(rows, rightToLeft, numbers), { objectMode: false });
  for (const source of [sheet, zip]) source.on('error', (error: Error) => output.destroy(error));
  output.on('close', () => sheet.destroy());
  for (const [name, xml] of Object.entries(frame(escaped(tabName(sheetName)))))
    zip.addBuffer(Buffer.from(`${declaration}${xml}`), name, options);
  zip.addReadStream(sheet, 'xl/worksheets/sheet1.xml', options);
  zip.end();
  yield* output;
}

// A tab has 1 to 31 characters, and not these.
const tabName = (name: string): string =>
  name
    .replaceAll(/[\\/?*[\]:]|^'|'$/g, ' ')
    .slice(0, 31)
    .trim() || 'Sanad';
