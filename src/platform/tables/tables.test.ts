import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, inPieces, written } from '../../../test/support/tables.ts';
import { readRecords, type TableFormat, writeTable } from './index.ts';

describe('a file of cells', () => {
  // What is blank is no cell, and what surrounds a header is trimmed.
  const cell = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll(/[\0\uFFFD\uFEFF]/g, '').trim() || 'x');
  const table = fc
    .integer({ min: 1, max: 6 })
    .chain((width) =>
      fc.tuple(
        fc.array(cell, { minLength: width, maxLength: width }),
        fc.array(fc.array(fc.oneof(cell, fc.constant('')), { minLength: width, maxLength: width }), { maxLength: 8 }),
      ),
    );
  const filled = (rows: string[][]) => rows.filter((row) => row.some((text) => text !== ''));

  it.each<TableFormat>([
    { kind: 'xlsx' },
    { kind: 'csv' },
    { kind: 'csv', encoding: 'utf-16le', delimiter: '\t' },
    { kind: 'csv', encoding: 'utf-16be', delimiter: ';' },
    { kind: 'csv', delimiter: '|' },
  ])('comes back as it was written: %o', async (format) => {
    await fc.assert(
      fc.asyncProperty(table, async ([header, rows]) => {
        expect(await cellsOf(await written(format, [header, ...rows]))).toEqual([header, ...filled(rows)]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['windows-1252', 'windows-1256'])('comes back in every letter that %s has', async (encoding) => {
    const letters = [...new TextDecoder(encoding).decode(Uint8Array.from({ length: 255 }, (_none, i) => i + 1))].filter((one) =>
      one.trim(),
    );
    const word = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 20 }).map((some) => some.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 3, maxLength: 3 }), async (row) => {
        const bytes = await written({ kind: 'csv', encoding }, [['a', 'b', 'c'], row]);
        expect(new TextDecoder(encoding).decode(bytes)).toContain(row[0]?.slice(1).split('"')[0]);
        // A few letters by chance need not look like either language, so the reader is told nothing but the bytes it can tell apart.
        expect(bytes.length).toBeGreaterThanOrEqual(row.join('').length);
      }),
    );
    await expect(written({ kind: 'csv', encoding }, [['a'], ['ok'], ['漢']])).rejects.toMatchObject({ code: 'unprocessable' });
  });

  it('keeps a spreadsheet from running a cell of CSV, and gives it back without the apostrophe', async () => {
    const rows = [['h'], ['=1+1'], ['+213550000001'], ['-5'], ['@x'], ["'=x"], ['＝1'], ["it's"], ['a;=cmd']];
    const bytes = await written({ kind: 'csv' }, rows);
    const lines = bytes.toString().split('\r\n');
    expect(lines.slice(1, 10)).toEqual(["'=1+1", "'+213550000001", "'-5", "'@x", "''=x", "'＝1", "it's", '"a;=cmd"', '']);
    expect(await cellsOf(bytes)).toEqual(rows);
  });

  it('writes decimals of a column of numbers as numbers that can be added up in XLSX, and nothing else', async () => {
    const cells = ['15000.00', '-7.125', '0', '0.5', '42', '007', '1e3', '<10', '+5', '1234567890123456', '1234567890123.45', '9'];
    const bytes = await written({ kind: 'xlsx' }, [['amount', 'code'], ...cells.map((cell) => [cell, cell])], { numbers: new Set([0]) });
    const { records } = await readRecords(inPieces(bytes), '');
    const found: [string | undefined, boolean][] = [];
    for await (const {
      cells: [amount],
      numbers = [],
    } of records) {
      expect(numbers).not.toContain(1);
      found.push([amount, numbers.includes(0)]);
    }
    expect(found.filter(([, isNumber]) => isNumber).map(([amount]) => amount)).toEqual([
      '15000',
      '-7.125',
      '0',
      '0.5',
      '42',
      '1234567890123.45',
      '9',
    ]);
    expect(found.filter(([, isNumber]) => !isNumber).map(([amount]) => amount)).toEqual([
      'amount',
      '007',
      '1e3',
      '<10',
      '+5',
      '1234567890123456',
    ]);
  });

  it('keeps a text that looks like a formula exactly as it is in XLSX', async () => {
    const rows = [['h'], ['=1+1'], ["'=x"], ['0550123456']];
    expect(await cellsOf(await written({ kind: 'xlsx' }, rows, { rightToLeft: true, sheetName: 'قائمة' }))).toEqual(rows);
  });

  it('writes the same rows as the same bytes', async () => {
    const rows = [['h'], ['x']];
    expect(await written({ kind: 'xlsx' }, rows)).toEqual(await written({ kind: 'xlsx' }, rows));
  });

  it('is not begun before anybody wants it, and ends when nobody does any more', async () => {
    let [asked, ended] = [0, false];
    async function* endless(): AsyncGenerator<readonly string[]> {
      try {
        for (;;) {
          asked += 1;
          yield [String(Math.random())];
        }
      } finally {
        ended = true;
      }
    }
    const bytes = writeTable({ kind: 'xlsx' }, endless());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(0);
    for await (const _chunk of bytes) if (asked > 10_000) break;
    await expect.poll(() => ended).toBe(true);
  });

  it('ends with what went wrong in the rows, and never with half a workbook', async () => {
    async function* breaking(): AsyncGenerator<readonly string[]> {
      yield ['h'];
      throw new Error('the database went away');
    }
    await expect(written({ kind: 'xlsx' }, breaking())).rejects.toThrow('went away');
    await expect(written({ kind: 'csv' }, breaking())).rejects.toThrow('went away');
    await expect(written({ kind: 'xlsx' }, [['h'], ['x'.repeat(32_768)]])).rejects.toMatchObject({
      message: expect.stringContaining('A2'),
    });
  });
});
