import { plainHeader } from '../../intake/index.ts';
import { hasDammDigit, plainDigits, problem, type Table } from '../../platform/index.ts';
import { say } from '../words.ts';

/** The columns of a file: what each is called, in French, English and Arabic, and which have to be there. */
export interface Columns<Cell extends string> {
  readonly headers: Readonly<Record<Cell, readonly string[]>>;
  readonly required: readonly Cell[];
  readonly mostRows: number;
}

/** One row as it stands in a file, where a spreadsheet shows it; a cell whose column is not there is undefined. */
export type WrittenRow<Cell extends string> = { readonly row: number } & { readonly [One in Cell]?: string };

export const registrationNumberHeaders = [
  'registrationNumber',
  'Registration number',
  "Numéro d'enregistrement",
  'N° enregistrement',
  "Numéro d'inscription",
  'رقم التسجيل',
] as const;

/**
 * The rows of a file as they stand there.
 * @throws unprocessable when a column is missing or there twice, or the file has more rows than allowed, or none
 */
export async function rowsUnder<Cell extends string>({ header, rows }: Table, columns: Columns<Cell>): Promise<WrittenRow<Cell>[]> {
  const places = placesIn(header, columns);
  if (places instanceof Error) {
    await rows.return();
    throw places;
  }
  const written: WrittenRow<Cell>[] = [];
  for await (const { row, cells } of rows) {
    if (written.length === columns.mostRows) throw problem.unprocessable(say('file_too_many_rows', { most: columns.mostRows }));
    const texts = [...places].map(([cell, place]) => [cell, (cells[place] ?? '').trim()]);
    written.push({ row, ...Object.fromEntries(texts) });
  }
  if (written.length === 0) throw problem.unprocessable(say('file_without_rows'));
  return written;
}

function placesIn<Cell extends string>(header: readonly string[], { headers, required }: Columns<Cell>): Map<Cell, number> | Error {
  const cellOf = new Map(
    (Object.entries(headers) as [Cell, readonly string[]][]).flatMap(([cell, names]) =>
      names.map((name) => [plainHeader(name), cell] as const),
    ),
  );
  const places = new Map<Cell, number>();
  for (const [i, text] of header.entries()) {
    const cell = cellOf.get(plainHeader(text));
    if (!cell) continue;
    if (places.has(cell)) return problem.unprocessable(say('columns_alike'), {}, [{ row: 1, cell: text, detail: say('column_one_out') }]);
    places.set(cell, i);
  }
  const missing = required.filter((cell) => !places.has(cell));
  if (missing.length === 0) return places;
  return problem.unprocessable(
    say('column_lacking'),
    {},
    missing.map((cell) => ({ row: 1, cell, detail: say('column_names', { names: headers[cell].slice(1).join(', ') }) })),
  );
}

/** A registration number of ten digits; a spreadsheet may have taken zeros off its front. */
export function registrationNumberIn(text: string): string | undefined {
  const digits = plainDigits(text).padStart(10, '0');
  return text !== '' && /^\d{10}$/.test(digits) && hasDammDigit(digits) ? digits : undefined;
}
