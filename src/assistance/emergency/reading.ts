import { type Language, type ProblemPlace, type Table, type Text, westernDigits } from '../../platform/index.ts';
import { type Columns, registrationNumberHeaders, registrationNumberIn, rowsUnder, type WrittenRow } from '../files/reading.ts';
import { details as refusals } from '../people/rules.ts';
import type { InWords, Refused } from '../people/types.ts';
import { say } from '../words.ts';
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

const details: Readonly<Record<EntryFaultCode, Text>> = {
  ...refusals,
  number_wrong: say('number_wrong'),
  amount_wrong: say('amount_wrong'),
  despite_wrong: say('despite_wrong'),
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
    const fault = (cell: Cell, code: EntryFaultCode) => faults.push({ row, cell, code });
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
  refused.map(({ index, code }) => ({
    row: (read[index] as ReadEntry).row,
    cell: cells[code] ?? 'registrationNumber',
    code,
  }));

/** Faults in words, as they stand in the API. */
export const faultsInWords = (faults: readonly EntryFault[], language: Language): (EntryFault & InWords)[] =>
  faults.map((fault) => ({ ...fault, detail: details[fault.code][language] }));

/** Faults as the places of a refusal. */
export const placesOf = (faults: readonly EntryFault[]): ProblemPlace[] =>
  faults.map(({ row, cell, code }) => ({ row, cell, detail: details[code] }));
