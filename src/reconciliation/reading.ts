import { CsvError, parse } from 'csv-parse/sync';
import { isCurrency, Money, type ProblemPlace } from '../platform/index.ts';
import type { StatementLine } from './types.ts';

/** The headers that each column goes by; they are compared without case, accents and punctuation. */
const headers = {
  reference: ['reference', 'ref', 'operation reference', 'reference operation', 'reference de l operation', 'numero operation'],
  serial: ['serial', 'serial number', 'voucher', 'voucher serial', 'serie', 'numero de serie', 'numero de bon', 'bon'],
  date: ['date', 'paid on', 'payment date', 'date de paiement', 'date paiement', 'date operation'],
  office: ['office code', 'office', 'post office', 'code bureau', 'code du bureau', 'bureau', 'code postal'],
  amount: ['amount', 'montant', 'montant paye'],
  currency: ['currency', 'devise', 'monnaie'],
  operation: ['operation', 'type', 'type operation', 'type d operation', 'nature'],
  lastFour: ['document last four', 'last four', 'quatre derniers', 'document quatre derniers', '4 derniers caracteres'],
} as const satisfies Record<string, readonly string[]>;

type Column = keyof typeof headers;

const optional: readonly Column[] = ['operation', 'lastFour'];
const columns = Object.keys(headers) as Column[];
const operations: Readonly<Record<string, StatementLine['kind']>> = {
  '': 'payment',
  payment: 'payment',
  paiement: 'payment',
  reversal: 'reversal',
  annulation: 'reversal',
};
const delimiters = [';', ',', '\t'] as const;

/** The most operations that one statement may list. */
export const MAX_LINES = 100_000;
/** Far more than a row of a statement can hold. */
const MAX_ROW_CHARACTERS = 10_000;

/** A statement that can be read whole, or every place where it cannot. */
export type Reading = { readonly lines: StatementLine[] } | { readonly faults: ProblemPlace[] };

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Reads a statement's CSV. Rows are counted as a spreadsheet does, the header being row 1. Pure: nothing is stored. */
export function readStatement(content: string): Reading {
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(content, {
      bom: true,
      delimiter: delimiterOf(content),
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
      to: MAX_LINES + 2,
      max_record_size: MAX_ROW_CHARACTERS,
    }) as unknown as typeof records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const row = typeof error['lines'] === 'number' ? error['lines'] : 1;
    return { faults: [{ row, detail: 'The row breaks off inside quotation marks.' }] };
  }
  const header = records[0]?.record ?? [];
  const { positions, faults } = columnsIn(header);
  if (faults.length > 0) return { faults };
  const rows = records
    .map(({ record, info }) => ({ cells: record, row: info.lines }))
    .slice(1)
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  if (rows.length === 0) return { faults: [{ row: 1, detail: 'The statement lists no operation.' }] };
  if (rows.length > MAX_LINES) {
    return { faults: [{ row: MAX_LINES + 2, detail: `A statement lists ${MAX_LINES} operations at most: split it.` }] };
  }
  const lines: StatementLine[] = [];
  for (const { cells, row } of rows) {
    const before = faults.length;
    if (cells.slice(header.length).some((cell) => cell.trim() !== '')) {
      faults.push({ row, detail: `The row has ${cells.length} cells, the header ${header.length}.` });
      continue;
    }
    const line = readRow(
      row,
      (column) => {
        const position = positions.get(column);
        return position === undefined ? '' : (cells[position] ?? '').trim();
      },
      faults,
    );
    if (faults.length === before && line) lines.push(line);
  }
  return faults.length > 0 ? { faults } : { lines };
}

function delimiterOf(content: string): string {
  const header = content.slice(0, 4096).split(/\r\n|\r|\n/, 1)[0] ?? '';
  const count = (delimiter: string) => header.split(delimiter).length;
  return [...delimiters].sort((a, b) => count(b) - count(a))[0] ?? ';';
}

function columnsIn(header: readonly string[]): { positions: Map<Column, number>; faults: ProblemPlace[] } {
  const positions = new Map<Column, number>();
  const faults: ProblemPlace[] = [];
  header.forEach((cell, i) => {
    const column = columns.find((name) => (headers[name] as readonly string[]).includes(plain(cell)));
    if (!column) return;
    if (positions.has(column)) faults.push({ row: 1, cell: column, detail: 'Two columns have this meaning. Keep one.' });
    positions.set(column, i);
  });
  for (const column of columns) {
    if (positions.has(column) || optional.includes(column)) continue;
    faults.push({ row: 1, cell: column, detail: `The column is missing. It may be called: ${headers[column].join(', ')}.` });
  }
  return { positions, faults };
}

/** Reads every cell, so that all faults of a row are named at once; the line is whole only when none was. */
function readRow(row: number, cell: (column: Column) => string, faults: ProblemPlace[]): StatementLine | undefined {
  const read = <Value>(column: Column, value: Value | undefined, detail: string): Value | undefined => {
    if (value === undefined) faults.push({ row, cell: column, detail });
    return value;
  };
  const reference = read(
    'reference',
    /^[\p{L}\p{N}][\p{L}\p{N} ._:/#-]{0,63}$/u.exec(cell('reference'))?.[0],
    'Letters, digits and . _ : / # - are read here, starting with a letter or a digit.',
  );
  const serial = read(
    'serial',
    serialIn(cell('serial')),
    'A serial is digits. A spreadsheet may have turned it into a number such as 1.2E+13: format the column as text.',
  );
  const paidOn = read('date', dateIn(cell('date')), 'Write a day as DD/MM/YYYY or YYYY-MM-DD.');
  const officeCode = read('office', /^\d{4,5}$/.exec(cell('office'))?.[0].padStart(5, '0'), 'An office code is five digits.');
  const currency = read('currency', currencyIn(cell('currency')), 'Use an ISO 4217 code, such as DZD.');
  const kind = read('operation', operations[plain(cell('operation'))], 'Say payment (paiement) or reversal (annulation).');
  const amount = read(
    'amount',
    amountIn(cell('amount'), currency ?? 'TND', kind === 'reversal'),
    'An amount above zero, with a decimal comma or point, spaces between thousands, and no more decimals than its currency has.',
  );
  const lastFour = read('lastFour', /^([0-9A-Z]{4})?$/.exec(cell('lastFour').toUpperCase())?.[0], 'Four letters or digits, or nothing.');
  if (!reference || !serial || !paidOn || !officeCode || !amount || !kind) return undefined;
  return { row, kind, reference, serial, amount, officeCode, paidOn, documentLastFour: lastFour || null };
}

const serialIn = (text: string): string | undefined => /^[0-9A-Z]{4,32}$/.exec(text.replaceAll(/[\s-]/gu, '').toUpperCase())?.[0];

function dateIn(text: string): string | undefined {
  const french = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  const iso = french ? `${french[3]}-${french[2]?.padStart(2, '0')}-${french[1]?.padStart(2, '0')}` : text;
  if (!/^[12]\d{3}-\d{2}-\d{2}$/.test(iso)) return undefined;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso) ? iso : undefined;
}

function currencyIn(text: string): string | undefined {
  const code = text.toUpperCase();
  return isCurrency(code) ? code : undefined;
}

/** @param mayBeNegative a reversal may carry a minus sign, which says no more than its operation does */
function amountIn(text: string, currency: string, mayBeNegative: boolean): Money | undefined {
  const digits = /^(-?)(\d{1,15}|\d{1,3}(?:\s\d{3}){1,4})(?:[.,](\d{1,4}))?$/u.exec(text);
  if (!digits || (digits[1] && !mayBeNegative)) return undefined;
  try {
    const amount = Money.of(`${digits[2]?.replaceAll(/\s/gu, '')}.${digits[3] ?? '0'}`, currency);
    return amount.isZero ? undefined : amount;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
