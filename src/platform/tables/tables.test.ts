import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable, type Table, type TableFormat, writeTable } from './index.ts';

const CSV = 'text/csv';
async function* bytesOf(content: string | Buffer, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function* rowsOf(rows: readonly (readonly string[])[]): AsyncGenerator<readonly string[]> {
  yield* rows;
}
async function gathered(table: Table): Promise<(readonly string[])[]> {
  const rows = [];
  for await (const row of table.rows) rows.push(row);
  return rows;
}
const read = async (content: string | Buffer, type = CSV) => {
  const table = await readTable(bytesOf(content), type);
  return { format: table.format, cells: [table.header, ...(await gathered(table))] };
};
const written = async (format: TableFormat, rows: readonly (readonly string[])[], options = {}) => {
  const chunks = [];
  for await (const chunk of writeTable(format, rowsOf(rows), options)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describe('a file of cells', () => {
  // What is blank is no cell, and what a reader trims would come back without it.
  const cell = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll(/[\0\uFFFD\uFEFF]/g, '').trim() || 'x');
  const table = fc.integer({ min: 1, max: 6 }).chain((width) =>
    fc.tuple(
      fc.array(
        fc.constant('h').chain(() => cell),
        { minLength: width, maxLength: width },
      ),
      fc.array(fc.array(fc.oneof(cell, fc.constant('')), { minLength: width, maxLength: width }), { maxLength: 8 }),
    ),
  );
  const filled = (rows: string[][]) => rows.filter((row) => row.some((text) => text.trim() !== ''));

  it.each<TableFormat>([
    { kind: 'xlsx' },
    { kind: 'csv' },
    { kind: 'csv', encoding: 'utf-16le', delimiter: '\t' },
    { kind: 'csv', encoding: 'utf-16be', delimiter: ';' },
    { kind: 'csv', delimiter: '|' },
  ])('comes back as it was written: %o', async (format) => {
    await fc.assert(
      fc.asyncProperty(table, async ([header, rows]) => {
        const { cells } = await read(await written(format, [header, ...rows]));
        expect(cells).toEqual([header, ...filled(rows)]);
      }),
      { numRuns: 60 },
    );
  });
});
