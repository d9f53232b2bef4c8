import yazl from 'yazl';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006/relationships';

export interface WorkbookParts {
  /** What stands inside `sheetData` of the sheet that is seen. */
  readonly rows?: string;
  /** Items of the table of shared texts. */
  readonly strings?: string;
  /** Number formats by code; style 1 is the first of them. */
  readonly formats?: readonly string[];
  readonly from1904?: boolean;
  /** What stands inside `sheetData` of further sheets, by their names; those whose name begins with a dot are hidden. */
  readonly more?: Readonly<Record<string, string>>;
  /** Any part instead of the one that would be made. */
  readonly parts?: Readonly<Record<string, string | Buffer>>;
}

const xmlMarks: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;' };
const inXml = (text: string) => text.replace(/[&"<]/g, (mark) => xmlMarks[mark] ?? mark);

/** A workbook as a spreadsheet writes it, made of XML so that a test can say every detail: a hidden sheet first, then one that is seen. */
export function workbook({
  rows = '',
  strings = '',
  formats = [],
  from1904 = false,
  more = {},
  parts = {},
}: WorkbookParts): Promise<Buffer> {
  const others = Object.entries(more).map(([name, inside], i) => ({ name, inside, part: `worksheets/sheet${i + 3}.xml`, id: `m${i}` }));
  const stateOf = (name: string) => (name.startsWith('.') ? ' state="hidden"' : '');
  const relation = (id: string, type: string, target: string) => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
  return zipOf({
    '_rels/.rels': `<Relationships xmlns="${packages}">${relation('r1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr${from1904 ? ' date1904="1"' : ''}/><sheets>
      <sheet name="Lists" sheetId="1" state="hidden" r:id="r1"/><sheet name="People" sheetId="2" r:id="r2"/>
      ${others.map(({ name, id }, i) => `<sheet name="${inXml(name)}" sheetId="${i + 3}"${stateOf(name)} r:id="${id}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packages}">${relation('r1', 'worksheet', 'worksheets/sheet1.xml')}
      ${relation('r2', 'worksheet', '/xl/worksheets/sheet2.xml')}${relation('r3', 'sharedStrings', 'sharedStrings.xml')}
      ${relation('r4', 'styles', 'styles.xml')}${others.map(({ id, part }) => relation(id, 'worksheet', part)).join('')}</Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts>${formats
      .map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${inXml(code)}"/>`)
      .join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
      .map((_code, i) => `<xf numFmtId="${164 + i}"/>`)
      .join('')}<xf numFmtId="14"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `<sst xmlns="${main}">${strings}</sst>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`,
    'xl/worksheets/sheet2.xml': `<worksheet xmlns="${main}"><sheetData>${rows}</sheetData><mergeCells/></worksheet>`,
    ...Object.fromEntries(
      others.map(({ part, inside }) => [`xl/${part}`, `<worksheet xmlns="${main}"><sheetData>${inside}</sheetData></worksheet>`]),
    ),
    ...parts,
  });
}

/** Rows as a sheet holds them; what is a number there is one in the file, too. */
export const sheetData = (rows: readonly (readonly (string | number)[])[]): string =>
  rows
    .map((cells, r) => {
      const inside = cells.map((cell, c) => {
        const at = `r="${String.fromCharCode(65 + c)}${r + 1}"`;
        return typeof cell === 'number' ? `<c ${at}><v>${cell}</v></c>` : `<c ${at} t="inlineStr"><is><t>${inXml(cell)}</t></is></c>`;
      });
      return `<row r="${r + 1}">${inside.join('')}</row>`;
    })
    .join('');

/** A ZIP file. */
export async function zipOf(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content as string), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
