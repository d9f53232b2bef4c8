import { dateOf, vocabulary } from '../../intake/index.ts';
import { type Table, westernDigits } from '../../platform/index.ts';
import { type Columns, registrationNumberHeaders, registrationNumberIn, rowsUnder } from '../files/reading.ts';
import type { Cell, ReadDay, RowFault, WrittenDay } from './types.ts';

const columns: Columns<Cell> = {
  headers: {
    registrationNumber: registrationNumberHeaders,
    day: ['day', 'Date', 'Jour', 'Work day', 'Date de travail', 'اليوم', 'التاريخ'],
    presence: ['presence', 'Présence', 'Full or half day', 'Journée', 'Attendance', 'الحضور'],
  },
  required: ['registrationNumber', 'day'],
  mostRows: 20_000,
};

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

/** The rows of a file as they stand there; one without a column of presence is of full days. @throws as {@link rowsUnder} */
export const rowsOf = async (table: Table): Promise<WrittenDay[]> =>
  (await rowsUnder(table, columns)).map(({ registrationNumber = '', day = '', presence = 'full', row }) => ({
    row,
    registrationNumber,
    day,
    presence,
  }));

/** Reads rows as they were sent: those that can be read, and where the others cannot. */
export function readDays(written: readonly WrittenDay[]): { readonly rows: ReadDay[]; readonly faults: RowFault[] } {
  const rows: ReadDay[] = [];
  const faults: RowFault[] = [];
  for (const { row, registrationNumber: number, day: cell, presence: word } of written) {
    const registrationNumber = registrationNumberIn(number);
    const day = dateOf(westernDigits(cell));
    const presence = presenceOf(westernDigits(word));
    if (!registrationNumber) faults.push({ row, cell: 'registrationNumber', code: 'number_wrong' });
    if (!day) faults.push({ row, cell: 'day', code: 'day_wrong' });
    if (!presence) faults.push({ row, cell: 'presence', code: 'presence_wrong' });
    if (registrationNumber && day && presence) rows.push({ row, registrationNumber, day, halfDays: presence === 'full' ? 2 : 1 });
  }
  return { rows, faults };
}
