import { type Table, westernDigits } from '../../platform/index.ts';
import { type Columns, registrationNumberHeaders, registrationNumberIn, rowsUnder, type WrittenRow } from '../files/reading.ts';
import type { Refused } from '../people/types.ts';
import type { Cell, EntryFault, EntryFaultCode, ReadEntry } from './types.ts';

const columns: Columns<Cell> = {
  headers: {
    registrationNumber: registrationNumberHeaders,
    amount: ['amount', 'Montant', 'Somme', 'المبلغ'],
    despite: ['despite', 'Reason', 'Why all the same', 'Motif', 'Raison', 'السبب'],
  },
  required: ['registrationNumber'],
  mostRows: 5_000,
};

const details = {
  number_wrong: 'A registration number is ten digits with a check digit. Look it up and type it again.',
  amount_wrong: 'Write an amount with a point or a comma before its decimals, and nothing but spaces between thousands: 20 000,00.',
  despite_wrong: 'Say why in 3 to 500 characters, or leave the cell empty.',
};

/** The rows of a file of people as they stand there. @throws as {@link rowsUnder} */
export const rowsOf = (table: Table): Promise<WrittenRow<Cell>[]> => rowsUnder(table, columns);

/**
 * Decimal text of an amount as people write it. A comma or a point before exactly three digits could stand before thousands as well as before
 * decimals: only where the currency has three is it read.
 * @param digits of the currency's minor unit
 */
export function amountIn(text: string, digits: number): string | undefined {
  const plain = westernDigits(text).replaceAll('\u066b', ',').trim();
  const [, whole = '', decimals = ''] = /^(\d+|\d{1,3}(?:[\s\u202f]\d{3})+)(?:[.,](\d+))?$/.exec(plain) ?? [];
  if (whole === '' || (decimals.length === 3 && digits !== 3)) return undefined;
  const joined = whole.replaceAll(/\s/gu, '');
  return decimals === '' ? joined : `${joined}.${decimals}`;
}

/** Reads rows as they were sent: those that can be read, and where the others cannot. @param digits of the currency's minor unit */
export function readEntries(
  written: readonly WrittenRow<Cell>[],
  digits: number,
): { readonly read: ReadEntry[]; readonly faults: EntryFault[] } {
  const read: ReadEntry[] = [];
  const faults: EntryFault[] = [];
  for (const { row, registrationNumber: number = '', amount: sum = '', despite = '' } of written) {
    const fault = (cell: Cell, code: keyof typeof details) => faults.push({ row, cell, code, detail: details[code] });
    const registrationNumber = registrationNumberIn(number);
    const amount = sum === '' ? undefined : amountIn(sum, digits);
    const isSaid = despite.length >= 3 && despite.length <= 500;
    if (!registrationNumber) fault('registrationNumber', 'number_wrong');
    if (sum !== '' && amount === undefined) fault('amount', 'amount_wrong');
    if (despite !== '' && !isSaid) fault('despite', 'despite_wrong');
    if (registrationNumber && (sum === '' || amount !== undefined) && (despite === '' || isSaid))
      read.push({
        row,
        entry: { person: { registrationNumber }, ...(amount === undefined ? {} : { amount }), ...(despite === '' ? {} : { despite }) },
      });
  }
  return { read, faults };
}

const cells: Partial<Record<EntryFaultCode, Cell>> = {
  in_another_plan: 'despite',
  amount: 'amount',
  amount_of_plan: 'amount',
  below_least: 'amount',
  above_most: 'amount',
};

/** What was refused of a file, by its rows. */
export const faultsOfRows = (read: readonly ReadEntry[], refused: readonly Refused[]): EntryFault[] =>
  refused.map(({ index, code, detail }) => ({
    row: (read[index] as ReadEntry).row,
    cell: cells[code] ?? 'registrationNumber',
    code,
    detail,
  }));
