import { Download, fileTypeOf, writeTable } from '../../platform/index.ts';
import type { Format, View } from './types.ts';

/**
 * A view as it was asked for: as it is, or its rows as a table of the columns given with the currency beside them, where they have none of their own.
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
    const ofView = (columns as readonly string[]).includes('currency') ? [] : (['currency'] as const);
    yield [...columns, ...ofView];
    for (const row of view.rows) yield [...columns.map((column) => cell(row[column])), ...ofView.map((column) => view[column])];
  }
  const { contentType } = fileTypeOf({ kind: 'csv' });
  return new Download(contentType, `${name}-${view.asOf.slice(0, 10)}.csv`, writeTable({ kind: 'csv' }, lines()));
}
