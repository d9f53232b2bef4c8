import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import yazl from 'yazl';
import { cellsOf } from '../../../test/support/tables.ts';
import { workbook, zipOf } from '../../../test/support/workbooks.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const header = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>';
const cellsIn = async (cells: string, more: Parameters<typeof workbook>[0] = {}) =>
  (await cellsOf(await workbook({ rows: `${header}<row r="2">${cells}</row>`, ...more }), XLSX, 1_000))[1];
const refusal = async (bytes: Buffer, type = XLSX) => {
  const error = await cellsOf(bytes, type, 64 * 1024).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'unprocessable' });
  return error.message as string;
};

describe('a workbook', () => {
  it('is read from its first sheet that is seen', async () => {
    expect(await cellsOf(await workbook({ rows: header }))).toEqual([['a', 'b']]);
  });

  it.each([
    ['a shared text', '<c t="s"><v>1</v></c>', 'محمد'],
    ['a text in several styles, without how it is pronounced', '<c t="s"><v>2</v></c>', 'Ben Ali'],
    [
      'a text in its cell',
      '<c t="inlineStr"><is><r><t xml:space="preserve"> x</t></r><r><t>&amp;y</t></r><rPh><t>no</t></rPh></is></c>',
      ' x&y',
    ],
    ['a character by its code', '<c t="str"><v>a_x000A_b_x005F_x0041_</v></c>', 'a\nb_x0041_'],
    ['yes', '<c t="b"><v>1</v></c>', 'TRUE'],
    ['no', '<c t="b"><v>0</v></c>', 'FALSE'],
    ['nothing found', '<c t="e"><v>#N/A</v></c>', undefined],
    ['another error', '<c t="e"><v>#REF!</v></c>', '#REF!'],
    ['a formula by its saved value', '<c t="str"><f>A1&amp;"x"</f><v>ax</v></c>', 'ax'],
    ['a formula whose value is empty', '<c t="str"><f>""</f><v></v></c>', undefined],
    ['a telephone number', '<c><v>213550000001</v></c>', '213550000001'],
    ['a number of eighteen digits, of which three were lost', '<c><v>1.09850123456789E17</v></c>', '1.09850123456789E+17'],
    ['a telephone number with an exponent', '<c><v>2.13550000001E11</v></c>', '213550000001'],
    ['a number of eighteen digits', '<c><v>109876543210987654</v></c>', '109876543210987654'],
    ['a fraction without its noise', '<c><v>0.30000000000000004</v></c>', '0.3'],
    ['a small number', '<c><v>1E-7</v></c>', '0.0000001'],
    ['a date that is text in ISO 8601', '<c t="d"><v>1990-02-28T00:00:00</v></c>', '1990-02-28'],
    ['a date in the built-in format', '<c s="1"><v>32932</v></c>', '1990-02-28'],
    ['an empty cell', '<c s="1"/>', undefined],
  ])('gives %s', async (_name, cell, text) => {
    const strings = '<si><t>x</t></si><si><t>محمد</t></si><si><r><t>Ben </t></r><r><rPr><b/></rPr><t>Ali</t></r><rPh><t>no</t></rPh></si>';
    const row = await cellsIn(cell, { strings });
    expect(row).toEqual(text === undefined ? undefined : [text, '']);
  });

  it.each([
    ['dd/mm/yyyy', '32932', '1990-02-28'],
    ['[$-40C]d mmmm yyyy;@', '32932', '1990-02-28'],
    ['yyyy-mm-dd hh:mm', '46082.395833333336', '2026-03-01T09:30:00'],
    ['yyyy-mm-dd hh:mm', '46082', '2026-03-01'],
    ['h:mm AM/PM', '0.5', '12:00:00'],
    ['[h]:mm', '1.5', '36:00:00'],
    ['dd/mm/yyyy', '1', '1900-01-01'],
    ['dd/mm/yyyy', '61', '1900-03-01'],
    ['dd/mm/yyyy', '45999.999999999', '2025-12-09'],
    ['dd/mm/yyyy', '-5', '-5'],
    ['dd/mm/yyyy', '9999999', '9999999'],
    ['0000000000', '550123456', '0550123456'],
    ['#,##0.00 "days"', '12.5', '12.5'],
    ['0.00%', '0.25', '0.25'],
    ['General', '1990', '1990'],
    ['[Red]#,##0', '1990', '1990'],
    ['@', '1990', '1990'],
  ])('reads format %s of %s as %s', async (format, value, text) => {
    expect(await cellsIn(`<c s="1"><v>${value}</v></c>`, { formats: [format] })).toEqual([text, '']);
  });

  it('counts days from 1904 where the workbook does', async () => {
    expect(await cellsIn('<c s="1"><v>31470</v></c>', { formats: ['dd/mm/yyyy'], from1904: true })).toEqual(['1990-02-28', '']);
  });

  it('knows where a cell stands with and without its reference, and passes over rows without text', async () => {
    const rows = `<row/><row r="3"/>${header}<row><c><v>1</v></c><c><v>2</v></c></row><row r="900"><c r="B900"><v>3</v></c></row>
      <row r="901"><c r="A901" t="inlineStr"><is><t> </t></is></c><c r="XFD901" s="1"/></row>`;
    expect(await cellsOf(await workbook({ rows }))).toEqual([['a', 'b'], ['1', '2'], ['', '3']]); // biome-ignore format: one table
  });

  it('reads elements with a prefix and a document in UTF-16', async () => {
    const sheet =
      '\uFEFF<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>é</x:v></x:c></x:row></x:sheetData></x:worksheet>';
    const parts = { 'xl/worksheets/sheet2.xml': Buffer.from(sheet, 'utf16le') };
    expect(await cellsOf(await workbook({ parts }))).toEqual([['é']]);
  });

  it.each([
    ['a formula that was never worked out', '<c r="B2"><f>1+1</f></c>', 'Cell B2 holds a formula'],
    ['a shared text that is not there', '<c r="C2" t="s"><v>7</v></c>', 'Cell C2 is damaged'],
    ['a number that is none', '<c r="C2"><v>12,5</v></c>', 'Cell C2 is damaged'],
    ['a number without end', '<c r="C2"><v>1E999999999</v></c>', 'Cell C2 is damaged'],
    ['a cell far to the right', '<c r="XFD2"><v>1</v></c>', 'Cell XFD2 stands to the right of 1000 columns'],
    ['a long cell', `<c r="A2" t="str"><v>${'x'.repeat(40_000)}</v></c>`, 'Cell A2 has more than 32767 characters'],
    ['a cell of ten megabytes', `<c r="A2" t="str"><v>${'x'.repeat(10_000_000)}</v></c>`, 'too long'],
    ['an attribute of ten megabytes', `<c r="${'A'.repeat(10_000_000)}"/>`, 'too long'],
    ['a character that no text holds', '<c r="A2" t="str"><v>_x0000_</v></c>', 'Cell A2 holds a character'],
    ['elements inside elements', '<is>'.repeat(100), 'damaged'],
    ['XML that is none', '<c r="A2"><v>1</c>', 'damaged'],
    ['an entity', '<c r="A2" t="str"><v>&name;</v></c>', 'damaged'],
  ])('is refused with its place: %s', async (_name, cell, words) => {
    const message = await refusal(await workbook({ rows: `${header}<row r="2">${cell}</row>` }));
    expect(message).toContain(words);
    expect(message.length).toBeLessThan(200);
  });
});

describe('a file that calls itself a workbook', () => {
  const entities =
    '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&z;</v></c></row></sheetData></worksheet>';
  const compound = (...names: string[]) =>
    Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(70_000), ...names.map((name) => Buffer.from(name, 'utf16le'))]);
  const bytesWith = async (change: (bytes: Buffer) => void) => {
    const bytes = await workbook({ rows: header });
    change(bytes);
    return bytes;
  };

  it.each<[string, () => Promise<Buffer> | Buffer, string]>([
    ['with a password', () => compound('EncryptionInfo', 'EncryptedPackage'), 'Remove the password'],
    ['of before 2007', () => compound('Workbook'), 'Save it as XLSX'],
    ['that is text', () => Buffer.from('a;b\n1;2'), 'no XLSX workbook'],
    ['of OpenDocument', () => zipOf({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet' }), 'OpenDocument'],
    ['that is a ZIP of something else', () => zipOf({ 'photo.jpg': 'x' }), 'no workbook'],
    [
      'whose sheets are all hidden',
      () => workbook({ parts: { 'xl/workbook.xml': '<workbook><sheets><sheet state="veryHidden" name="x"/></sheets></workbook>' } }),
      'no sheet',
    ],
    [
      'whose sheet lies outside',
      () =>
        workbook({
          parts: {
            'xl/_rels/workbook.xml.rels':
              '<Relationships><Relationship Id="r2" Type="/worksheet" Target="../../../../etc/passwd"/><Relationship Id="r1" TargetMode="External" Type="/worksheet" Target="http://127.0.0.1/"/></Relationships>',
          },
        }),
      'no sheet',
    ],
    ['with a document type', () => workbook({ parts: { 'xl/worksheets/sheet2.xml': entities } }), 'damaged'],
    ['cut short', async () => (await workbook({ rows: header })).subarray(0, -40), 'damaged'],
    ['with one bit changed', () => bytesWith((bytes) => bytes.writeUInt8((bytes[60] ?? 0) ^ 1, 60)), 'damaged'],
    [
      'with a part that says it is smaller',
      () => bytesWith((bytes) => bytes.writeUInt32LE(10, bytes.indexOf('PK\x01\x02', 'latin1') + 24)),
      'damaged',
    ],
    [
      'with a part that says it is larger',
      () => bytesWith((bytes) => bytes.writeUInt32LE(900_000, bytes.indexOf('PK\x01\x02', 'latin1') + 24)),
      'damaged',
    ],
    [
      'with a locked part',
      () => bytesWith((bytes) => bytes.writeUInt16LE(1, bytes.indexOf('PK\x01\x02', 'latin1') + 8)),
      'Remove the password',
    ],
    ['with a part that climbs out', () => bytesWith((bytes) => bytes.write('../../x.xml', bytes.lastIndexOf('_rels/.rels'))), 'damaged'],
    [
      'that has sheets without end',
      () => workbook({ more: Object.fromEntries(Array.from({ length: 199 }, (_none, i) => [`S${i}`, ''])) }),
      '200 sheets',
    ],
    ['that is empty', () => workbook({}), 'The sheet "People" is empty'],
  ])('is refused with what to do: %s', async (_name, make, words) => {
    expect(await refusal(await make())).toContain(words);
  });

  it('is refused when it says a part twice', async () => {
    const bytes = await zipOf({ '_rels/.rels': 'x', '_rels/.relz': 'y' });
    bytes.write('_rels/.rels', bytes.lastIndexOf('_rels/.relz'));
    expect(await refusal(bytes)).toContain('damaged');
  });

  it.each([
    ['texts', 'xl/sharedStrings.xml', Buffer.from('<si/>')],
    ['rows', 'xl/worksheets/sheet2.xml', Buffer.from('<row/>')],
  ])('is refused when it is a bomb of %s, long before it is unpacked', async (_name, part, item) => {
    const megabyte = Buffer.alloc(200_000 * item.length, item);
    function* bomb() {
      yield part.includes('shared') ? '<sst>' : '<worksheet><sheetData>';
      for (let i = 0; i < 300; i += 1) yield megabyte;
    }
    const zip = new yazl.ZipFile();
    zip.addReadStream(Readable.from(bomb(), { objectMode: false }), part);
    for (const [name, content] of Object.entries(await framePartsBut(part))) zip.addBuffer(Buffer.from(content), name);
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const start = performance.now();
    expect(await refusal(bytes)).toContain('unpacks to more');
    // A bomb that says it is none is held to what it says.
    bytes.writeUInt32LE(1_000_000, bytes.indexOf(part, bytes.indexOf('PK\x01\x02', 'latin1')) - 46 + 24);
    expect(await refusal(bytes)).toContain('damaged');
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

async function framePartsBut(part: string): Promise<Record<string, string>> {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const parts: Record<string, string> = {
    '_rels/.rels': `<Relationships><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="x" r:id="r2"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="r2" Type="${office}/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="r3" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/sharedStrings.xml': '<sst/>',
    'xl/worksheets/sheet2.xml': '<worksheet><sheetData/></worksheet>',
  };
  delete parts[part];
  return parts;
}
