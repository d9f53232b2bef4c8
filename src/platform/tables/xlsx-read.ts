import { readSharedStrings, SharedStrings } from './shared-strings.ts';
import { sheetRows } from './sheet-rows.ts';
import type { NumberedRow, Records } from './table.ts';
import { readWorkbook } from './workbook.ts';
import { openZip } from './zip.ts';

/**
 * Reads the first visible sheet of an XLSX workbook (ECMA-376). The file is held as it came and the texts its cells share are held packed;
 * rows stream. Dates come out as ISO 8601, formulas as the value that was saved with them, merged cells as their first one.
 * @throws unprocessable naming the cell where there is one, here or while the rows are read
 */
export async function readXlsx(bytes: AsyncIterable<Buffer>): Promise<Records> {
  const zip = await openZip(bytes);
  const { sheet, sharedStrings, ...formats } = await readWorkbook(zip);
  const strings = sharedStrings ? await readSharedStrings(zip.read(sharedStrings)) : new SharedStrings();
  return { format: { kind: 'xlsx' }, records: padded(sheetRows(zip.read(sheet), { ...formats, strings })) };
}

// A sheet leaves out the empty cells at the end of a row.
async function* padded(rows: AsyncGenerator<NumberedRow, void>): AsyncGenerator<NumberedRow, void> {
  let columns = 0;
  for await (const record of rows) {
    const { cells } = record;
    columns ||= cells.length;
    yield cells.length < columns ? { ...record, cells: [...cells, ...Array<string>(columns - cells.length).fill('')] } : record;
  }
}
