import { Download, fileTypeOf, writeTable } from '../../platform/index.ts';
import type { Format, View } from './types.ts';

/**
 * A view as it was asked for: as it is, or its rows as a table of the columns given with the currency beside them.
 * @param name of the file, without its end
 */
export function answered<Row extends object, Body extends View<Row>>(
  view: Body,
  format: Format | undefined,
  name: string,
  columns: readonly (keyof Row & string)[],
): Body | Download {
  if (format !== 'csv') return view;
  const cell = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
  async function* lines(): AsyncGenerator<string[]> {
    yield [...columns, 'currency'];
    for (const row of view.rows) yield [...columns.map((column) => cell(row[column])), view.currency];
  }
  const { contentType } = fileTypeOf({ kind: 'csv' });
  return new Download(contentType, `${name}-${view.asOf.slice(0, 10)}.csv`, writeTable({ kind: 'csv' }, lines()));
}
