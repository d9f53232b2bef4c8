import { writeCsv } from './csv-write.ts';
import type { TableFormat } from './table.ts';
import { type SheetOptions, writeXlsx } from './xlsx-write.ts';

/**
 * Writes rows, the header first, in a format: what {@link readTable} read can be answered in kind, cell for cell.
 * @throws unprocessable while the bytes are taken, when the format cannot hold a cell
 */
export const writeTable = (
  format: TableFormat,
  rows: AsyncIterable<readonly string[]>,
  options: SheetOptions = {},
): AsyncIterable<Buffer> => (format.kind === 'xlsx' ? writeXlsx(rows, options) : writeCsv(format, rows));

/** What to say of a file in this format: its content type, and how its name ends. */
export const fileTypeOf = ({ kind, encoding = 'utf-8' }: TableFormat): { readonly contentType: string; readonly extension: string } =>
  kind === 'xlsx'
    ? { contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', extension: 'xlsx' }
    : { contentType: `text/csv; charset=${encoding}`, extension: 'csv' };
