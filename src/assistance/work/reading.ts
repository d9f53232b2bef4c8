import { dateOf, plainHeader, vocabulary } from '../../intake/index.ts';
import { hasDammDigit, plainDigits, problem, type Table, westernDigits } from '../../platform/index.ts';
import type { Cell, ReadDay, RowFault, WrittenDay } from './types.ts';

/** The most rows of one sheet. */
export const MOST_ROWS = 20_000;

/** What the columns of a file are called, in French, English and Arabic. */
const headers: Readonly<Record<Cell, readonly string[]>> = {
  registrationNumber: [
    'registrationNumber',
    'Registration number',
    "Numéro d'enregistrement",
    'N° enregistrement',
    "Numéro d'inscription",
    'رقم التسجيل',
  ],
  day: ['day', 'Date', 'Jour', 'Work day', 'Date de travail', 'اليوم', 'التاريخ'],
  presence: ['presence', 'Présence', 'Full or half day', 'Journée', 'Attendance', 'الحضور'],
};

const cellOf = new Map(
  (Object.entries(headers) as [Cell, readonly string[]][]).flatMap(([cell, names]) =>
    names.map((name) => [plainHeader(name), cell] as const),
  ),
);

const presenceOf = vocabulary<'full' | 'half'>({
  full: [
    '1',
    'x',
    'p',
    '1.0',
    '1,0',
    'Full day',
    'Présent',
    'Présente',
    'Entière',
    'Journée',
    'Journée entière',
    'يوم كامل',
    'كامل',
    'حاضر',
  ],
  half: ['0.5', '0,5', '.5', '½', '1/2', 'Half day', 'Demi', 'Demi-journée', 'Demi journée', 'نصف يوم', 'نصف'],
});

/**
 * The rows of a file as they stand there. A file without a column of presence is of full days.
 * @throws unprocessable when a column is missing or there twice, or the file has more rows than a sheet
 */
export async function rowsOf({ header, rows }: Table): Promise<WrittenDay[]> {
  const places = placesIn(header);
  if (places instanceof Error) {
    await rows.return();
    throw places;
  }
  const written: WrittenDay[] = [];
  let row = 1;
  for await (const cells of rows) {
    row += 1;
    if (written.length === MOST_ROWS)
      throw problem.unprocessable(`A sheet has ${MOST_ROWS} rows at most. Send it in parts, each with the header.`);
    const text = (cell: Cell): string => {
      const place = places.get(cell);
      return place === undefined ? '' : (cells[place] ?? '').trim();
    };
    written.push({
      row,
      registrationNumber: text('registrationNumber'),
      day: text('day'),
      presence: places.has('presence') ? text('presence') : 'full',
    });
  }
  if (written.length === 0) throw problem.unprocessable('The file has no row below its header.');
  return written;
}

function placesIn(header: readonly string[]): Map<Cell, number> | Error {
  const places = new Map<Cell, number>();
  for (const [i, text] of header.entries()) {
    const cell = cellOf.get(plainHeader(text));
    if (!cell) continue;
    if (places.has(cell))
      return problem.unprocessable('Two columns have one meaning.', {}, [{ row: 1, cell: text, detail: 'Leave one out.' }]);
    places.set(cell, i);
  }
  const missing = (['registrationNumber', 'day'] as const).filter((cell) => !places.has(cell));
  if (missing.length === 0) return places;
  return problem.unprocessable(
    'A column is missing.',
    {},
    missing.map((cell) => ({ row: 1, cell, detail: `Call it one of: ${headers[cell].slice(1).join(', ')}.` })),
  );
}

/** Reads rows as they were sent: those that can be read, and where the others cannot. */
export function readDays(written: readonly WrittenDay[]): { readonly rows: ReadDay[]; readonly faults: RowFault[] } {
  const rows: ReadDay[] = [];
  const faults: RowFault[] = [];
  for (const { row, registrationNumber: number, day: cell, presence: word } of written) {
    const registrationNumber = numberIn(number);
    const day = dateOf(westernDigits(cell));
    const presence = presenceOf(westernDigits(word));
    if (!registrationNumber) faults.push({ row, cell: 'registrationNumber', code: 'number_wrong' });
    if (!day) faults.push({ row, cell: 'day', code: 'day_wrong' });
    if (!presence) faults.push({ row, cell: 'presence', code: 'presence_wrong' });
    if (registrationNumber && day && presence) rows.push({ row, registrationNumber, day, halfDays: presence === 'full' ? 2 : 1 });
  }
  return { rows, faults };
}

/** A registration number of ten digits; a spreadsheet may have taken zeros off its front. */
function numberIn(text: string): string | undefined {
  const digits = plainDigits(text).padStart(10, '0');
  return text !== '' && /^\d{10}$/.test(digits) && hasDammDigit(digits) ? digits : undefined;
}
