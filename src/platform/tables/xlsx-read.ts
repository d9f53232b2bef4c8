import { readSharedStrings, SharedStrings } from './shared-strings.ts';
import { sheetRows } from './sheet-rows.ts';
import { type NumberedRow, namesOf, type Records, unreadable } from './table.ts';
import { say } from './words.ts';
import { readWorkbook, type Sheet } from './workbook.ts';
import { openZip } from './zip.ts';

/**
 * Reads one sheet of an XLSX workbook (ECMA-376). The file is held as it came and the texts its cells share are held packed;
 * rows stream. Dates come out as ISO 8601, formulas as the value that was saved with them, merged cells as their first one.
 * @param name of the sheet; without it, the first that can be seen
 * @throws unprocessable naming the cell where there is one, here or while the rows are read
 */
export async function readXlsx(bytes: AsyncIterable<Buffer>, name?: string): Promise<Records> {
  const zip = await openZip(bytes);
  const { sheets, sharedStrings, ...formats } = await readWorkbook(zip);
  const strings = sharedStrings ? await readSharedStrings(zip.read(sharedStrings)) : new SharedStrings();
  const rowsOf = ({ part }: Sheet) => padded(sheetRows(zip.read(part), { ...formats, strings }));
  const sheet = chosen(sheets, name);
  return {
    format: { kind: 'xlsx', sheet: sheet.name },
    records: rowsOf(sheet),
    from1904: formats.from1904,
    isChosen: sheet !== sheets.find(({ isVisible }) => isVisible),
    others: sheets
      .filter((other) => other !== sheet)
      .map((other) => ({ ...other, rows: () => sheetRows(beginning(zip.read(other.part)), { ...formats, strings }) })),
  };
}

/** Bytes of a sheet that is not read, of which no more is looked at: a small file may unpack to very many of them. */
const LOOKED_AT = 1024 * 1024;

async function* beginning(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let left = LOOKED_AT;
  for await (const chunk of bytes) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

/** @throws unprocessable when there is no sheet of this name, or none that can be seen */
function chosen(sheets: readonly Sheet[], name: string | undefined): Sheet {
  const found = sheets.find((sheet) => (name === undefined ? sheet.isVisible : sheetKey(sheet.name) === sheetKey(name)));
  if (found) return found;
  if (name === undefined) throw unreadable(say('sheets_hidden'));
  throw unreadable(say('sheet_unknown', { sheet: name, sheets: namesOf(sheets) }));
}

// A workbook has no two sheets that differ in case alone.
const sheetKey = (name: string): string => name.trim().toLowerCase();

// A sheet leaves out the empty cells at the end of a row.
async function* padded(rows: AsyncGenerator<NumberedRow, void>): AsyncGenerator<NumberedRow, void> {
  let columns = 0;
  for await (const record of rows) {
    const { cells } = record;
    columns ||= cells.length;
    yield cells.length < columns ? { ...record, cells: [...cells, ...Array<string>(columns - cells.length).fill('')] } : record;
  }
}
