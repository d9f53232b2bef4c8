import { describe, expect, it } from 'vitest';
import { cellsOf, inPieces, written } from '../../../test/support/tables.ts';
import { readTable } from './index.ts';

/** Text in an encoding that Node does not write. */
const inWindows = (encoding: string, text: string) =>
  written(
    { kind: 'csv', encoding, delimiter: ';' },
    text.split('\n').map((line) => line.split(';')),
  );

/** Text whose first part lost the last byte of its last letter. */
const cut = (before: string, after: string) => Buffer.concat([Buffer.from(before).subarray(0, -1), Buffer.from(after)]);

describe('the encoding of a CSV file', () => {
  const arabic = 'الاسم;اللقب;المدينة\nمحمد;بن علي;الجزائر';
  const french = 'Prénom;Nom;Ville\nÉlodie;LEFÈVRE;Bordj El Kiffan\nÀ;MUÑOZ;Hôpital';
  const mixed = 'Prénom;Nom;الولاية\nÉLODIE;LEFEVRE;الجزائر\nمحمد;BEN ALI;وهران';

  it.each([
    ['UTF-8', Buffer.from(arabic), 'utf-8', arabic],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${french}`), 'utf-8', french],
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${arabic}`, 'utf16le'), 'utf-16le', arabic],
    ['UTF-16 without a mark', Buffer.from(arabic, 'utf16le'), 'utf-16le', arabic],
    ['UTF-16 the other way round', Buffer.from(french, 'utf16le').swap16(), 'utf-16be', french],
    ['UTF-16 the other way round with a mark', Buffer.from(`\uFEFF${mixed}`, 'utf16le').swap16(), 'utf-16be', mixed],
  ])('is told: %s', async (_name, bytes, encoding, text) => {
    const { format, header } = await readTable(inPieces(bytes), 'text/csv');
    expect(format).toEqual({ kind: 'csv', encoding, delimiter: ';' });
    expect(header).toEqual(text.split('\n')[0]?.split(';'));
    expect(await cellsOf(bytes)).toEqual(text.split('\n').map((line) => line.split(';')));
  });

  it.each([
    ['windows-1256', arabic],
    ['windows-1252', french],
    ['windows-1252', 'Nom\nÀ'],
    ['windows-1252', 'Nom\nÉ'],
    ['windows-1252', 'Nom\nNOËL ÉCOLE CRÉÉE'],
    ['windows-1256', 'Nom\nعلي'],
    ['windows-1256', 'Nom;Prenom\nBENALI;نور'],
    ['windows-1256', 'Prénom;الاسم\nRené;رشيد'],
    ['windows-1252', 'Prénom;Téléphone\nRené;0550'],
  ])('is told from little text: %s in %j', async (encoding, text) => {
    const bytes = await inWindows(encoding, text);
    expect((await readTable(inPieces(bytes), 'text/csv')).format.encoding).toBe(encoding);
    expect(await cellsOf(bytes)).toEqual(text.split('\n').map((line) => line.split(';')));
  });

  it('is told when the first accent comes after a megabyte of plain letters', async () => {
    const plain = `nom;ville\n${`${'ali '.repeat(30)};oran\n`.repeat(10_000)}`;
    for (const [encoding, name] of [
      ['windows-1256', 'محمد'],
      ['windows-1252', 'Mélodie'],
      ['utf-8', 'محمد'],
    ] as const) {
      const bytes = Buffer.concat([
        Buffer.from(plain),
        (await written({ kind: 'csv', encoding }, [[name]])).subarray(encoding === 'utf-8' ? 3 : 0),
      ]);
      expect((await cellsOf(bytes, 'text/csv', 64 * 1024)).at(-1)).toEqual([name]);
    }
  });

  it.each([
    [
      'letters that are not UTF-8 late in a file that is',
      Buffer.concat([Buffer.from(`é\n${`${'a'.repeat(119)}\n`.repeat(10_000)}`), Buffer.from([0xe9, 0x0a])]),
      10_002,
    ],
    ['a French letter cut in two', cut('nom\nChérif Keïta\nHé', '.\nAwa\n'), 3],
    ['an Arabic letter cut in two', cut('الاسم\nمحمد\nفاطمة', '.\nعلي\n'), 3],
    [
      'a letter of an older encoding among those of UTF-8',
      Buffer.concat([Buffer.from('nom\nChérif Keïta\nRen'), Buffer.from([0xe9, 0x0a])]),
      3,
    ],
    ['letters that were lost before', Buffer.from('nom\nRen\uFFFD\n'), 2],
    ['a NUL byte', Buffer.from('nom\nRené\nA\0li\n'), 3],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x6e, 0, 0, 0]), 1],
  ])('names the line of %s', async (_name, bytes, line) => {
    const error = await cellsOf(bytes, 'text/csv', 64 * 1024).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'unprocessable', places: [{ row: line }] });
    expect(error.message).toContain(`Line ${line} `);
  });
});

describe('a CSV file', () => {
  it.each([
    ['a;b\n1,5;2,5', ['1,5', '2,5']],
    ['a,b\n1;2,3', ['1;2', '3']],
    ['a\tb\nx, y\tz', ['x, y', 'z']],
    ['a|b\n1|2', ['1', '2']],
    ['"a;b;c;d",e\n1,2', ['1', '2']],
    ['sep=|\na|b\n1|2', ['1', '2']],
    ['nom, prénom;ville\nx;y', ['x', 'y']],
    ['a\n1', ['1']],
    ['Oran, le 3 mars\na;b;c\n1;2;3', ['a', 'b', 'c']],
  ])('is split where its lines agree: %j', async (text, row) => {
    expect((await cellsOf(text))[1]).toEqual(row);
  });

  it('takes every kind of line end, even together, and passes over empty lines', async () => {
    const text = '\r\n\na;b\r\n1;2\r3;4\n\n\r\n;\n5;"6\r\n7"\r\n   \n8;9';
    expect(await cellsOf(text)).toEqual([['a', 'b'], ['1', '2'], ['3', '4'], ['5', '6\r\n7'], ['8', '9']]); // biome-ignore format: one table
  });

  it('drops blank cells to the right of the header and leaves longer and shorter rows to its reader', async () => {
    expect(await cellsOf('a;b;;\n1;2;;\n3\n4;5;6;\n')).toEqual([['a', 'b'], ['1', '2'], ['3'], ['4', '5', '6']]);
  });

  it.each([
    ['an empty file', '', 'empty'],
    ['nothing but empty lines', '\n\n \n;;;\n', 'empty'],
    ['a quotation mark that is never closed', `a;b\n1;2\n3;"4\n${'5;6\n'.repeat(10)}`, 'from line 3 on'],
    ['a quotation mark that swallows the file', `a;b\n1;2\n3;"4\n${'5;6\n'.repeat(200_000)}`, 'from line 3 on'],
    ['a quotation mark inside a cell', 'a;b\n1;2\n3;x"y\n', 'from line 3 on'],
    ['text after a quotation mark', 'a;b\n1;2\n3;"x"y\n', 'from line 3 on'],
    ['a cell of ten megabytes', `a;b\n1;2\n3;${'x'.repeat(10_000_000)}\n`, 'from line 3 on'],
    ['a cell of ten megabytes in quotation marks', `a;b\n1;2\n3;"${'x\n'.repeat(5_000_000)}"\n`, 'from line 3 on'],
    ['a cell that no spreadsheet holds', `a;b\n1;2\n3;${'x'.repeat(40_000)}\n`, 'Line 3 has a cell'],
    ['more columns than any form', `a;b\n1;2\n${';'.repeat(5_000)}x\n`, 'Line 3 has more than 1000 cells'],
    ['a header that is a book', `${'h'.repeat(2_000)};b\n1;2`, 'The header of column 1'],
    ['a header of ten megabytes', `${'h'.repeat(10_000_000)}`, 'from line 1 on'],
  ])('is refused with its place: %s', async (_name, text, words) => {
    const error = await cellsOf(text, 'text/csv', 64 * 1024).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'unprocessable' });
    expect(error.message).toContain(words);
    expect(error.message.length).toBeLessThan(300);
  });

  it('numbers its rows as a spreadsheet does, and says on which line each begins', async () => {
    const text = 'Liste\n\n;;\na;b;c\r\n\r\n1;"2\n2";3\n  \n4;5;6\n;;\n7;8;9\n';
    const { rows } = await readTable(inPieces(text), 'text/csv', ([first]) => first === 'a');
    const places: unknown[] = [];
    for await (const { row, line, cells } of rows) places.push([row, line, cells[0]]);
    expect(places).toEqual([
      [6, 6, '1'],
      [8, 9, '4'],
      [10, 11, '7'],
    ]);
  });

  it.each([
    ['up to a quotation mark at the same place', '"Ali;3;4;5\n6;7;8;9;10\n11;Awa";13;14;15', 'opens in line 4 joins 3 lines'],
    ['up to one at another place', '"Ali;3;4;5\n6;7;8;9;10\n11;12;13;Awa";15', 'opens in line 4 joins 3 lines'],
    ['up to the next cell in quotation marks', '"Ali;3;4;5\n6;7;8;9;10\n11;"Awa";13;14;15', 'from line 4 on'],
    ['up to the end', '"Ali;3;4;5\n6;7;8;9;10', 'from line 4 on'],
  ])('is refused where a quotation mark joins rows: %s', async (_name, rows, words) => {
    const error = await cellsOf(`a;b;c;d;e\n1;2;3;4;5\n\n1;${rows}\n16;17;18;19;20\n`).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'unprocessable', places: [{ row: 4 }] });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('Ali');
  });

  it('may have addresses in several lines', async () => {
    const address = '12, Rue X, Cité Y\nBt 4, Oran, Algérie\n';
    expect(await cellsOf(`a,b,c,d,e\n1,2,"${address}",4,5\n6,"7\n7",8,9,10\n`)).toEqual([
      ['a', 'b', 'c', 'd', 'e'],
      ['1', '2', address, '4', '5'],
      ['6', '7\n7', '8', '9', '10'],
    ]);
  });

  it.each([
    ['blank lines', '\n'],
    ['blank lines of Windows', '\r\n'],
    ['lines of spaces', ' \n'],
    ['lines of delimiters', ';\n'],
  ])('is read in no time when it is four megabytes of %s', async (_name, line) => {
    const start = process.cpuUsage();
    const text = `a;b\n${line.repeat(4_000_000 / line.length)}1;2`;
    expect(await cellsOf(text, 'text/csv', 64 * 1024)).toEqual([['a', 'b'], ['1', '2']]); // biome-ignore format: one table
    // Of the processor's own time, since the machine may have other work.
    expect(process.cpuUsage(start).user).toBeLessThan(6_000_000);
  });

  it('lets go of its bytes when its reader stops early', async () => {
    let ended = false;
    async function* endless() {
      try {
        yield Buffer.from('a;b\n');
        for (;;) yield Buffer.from('1;2\n'.repeat(1_000));
      } finally {
        ended = true;
      }
    }
    const { rows } = await readTable(endless(), 'text/csv');
    for await (const _row of rows) break;
    await expect.poll(() => ended).toBe(true);
  });
});
