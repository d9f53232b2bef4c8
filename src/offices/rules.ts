import { parse } from 'csv-parse/sync';
import { problem } from '../platform/index.ts';
import type { RefusedRow } from './types.ts';
import { say } from './words.ts';

const columns = ['office_code', 'wilaya_no', 'commune_fr', 'name_fr', 'name_ar'] as const;
type Cells = Readonly<Record<(typeof columns)[number], string>>;

/**
 * Reads a file of offices.
 * @param wilayas the numbers that exist
 * @returns the good rows, and the bad ones with the cell and the reason; the first row after the header is row 1
 * @throws unprocessable when the file cannot be read or lacks a column
 */
export function readOfficeFile(text: string, wilayas: ReadonlySet<string>): { good: Cells[]; refused: RefusedRow[] } {
  const rows = readRows(text, columns);
  const seen = new Set<string>();
  const good: Cells[] = [];
  const refused: RefusedRow[] = [];
  rows.forEach((cells, i) => {
    const fault = faultOf(cells, wilayas, seen);
    if (fault) refused.push({ row: i + 1, ...fault });
    else good.push(cells);
    seen.add(cells.office_code);
  });
  return { good, refused };
}

/**
 * The rows of a CSV file by the names of its columns.
 * @throws unprocessable when the file cannot be read or lacks a column
 */
export function readRows<const Column extends string>(text: string, wanted: readonly Column[]): Readonly<Record<Column, string>>[] {
  let rows: Record<Column, string>[];
  try {
    rows = parse(text, { bom: true, columns: true, trim: true, skip_empty_lines: true }) as Record<Column, string>[];
  } catch {
    throw problem.unprocessable(say('office_file_unreadable'));
  }
  const missing = wanted.filter((column) => !(column in (rows[0] ?? {})));
  if (missing.length > 0) throw problem.unprocessable(say('office_file_columns_missing', { columns: missing.join(', ') }));
  return rows;
}

function faultOf(cells: Cells, wilayas: ReadonlySet<string>, seen: ReadonlySet<string>): Omit<RefusedRow, 'row'> | undefined {
  if (!/^\d{5}$/.test(cells.office_code)) return { cell: 'office_code', detail: say('office_code_unfit') };
  if (seen.has(cells.office_code)) return { cell: 'office_code', detail: say('office_code_twice') };
  if (!wilayas.has(cells.wilaya_no)) return { cell: 'wilaya_no', detail: say('office_wilaya_unknown') };
  const empty = (['commune_fr', 'name_fr', 'name_ar'] as const).find((cell) => cells[cell] === '');
  return empty && { cell: empty, detail: say('office_cell_empty') };
}
