import { type ProblemPlace, problem, readTable, type Upload } from '../../../platform/index.ts';
import type { WrittenLine } from './types.ts';

/** What the post calls each column, in its languages; letters without accents. */
const headers = {
  officeCode: [
    'office',
    'office code',
    'code',
    'post office',
    'bureau',
    'code bureau',
    'code du bureau',
    'bureau de poste',
    'رمز المكتب',
    'المكتب',
  ],
  day: ['day', 'date', 'jour', 'date paiement', 'date de paiement', 'paid on', 'اليوم', 'التاريخ'],
  payoutCount: [
    'count',
    'number',
    'pay outs',
    'payouts',
    'operations',
    'nombre',
    'nombre d operations',
    'nombre operations',
    'nb',
    'العدد',
  ],
  principal: ['principal', 'amount', 'paid', 'montant', 'montant paye', 'somme', 'المبلغ'],
  fee: ['fee', 'fees', 'commission', 'commissions', 'frais', 'remuneration', 'العمولة', 'الرسوم'],
} as const;

type Column = keyof typeof headers;
const columns = Object.keys(headers) as Column[];
const optional: readonly Column[] = ['day', 'fee'];

const MOST_LINES = 50_000;
const FAULTS_SHOWN = 100;

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/**
 * Reads the lines of an invoice from a table of the post's (CSV or XLSX), whose columns are guessed from its header.
 * @throws unprocessable naming every row and cell that cannot be read, up to a hundred: an invoice is whole or refused
 */
export async function readInvoiceFile({ bytes, contentType }: Upload): Promise<WrittenLine[]> {
  const { header, rows } = await readTable(bytes, contentType);
  const places = columnsIn(header);
  const faults: ProblemPlace[] = [];
  const lines: WrittenLine[] = [];
  let row = 1;
  for await (const cells of rows) {
    row += 1;
    if (lines.length === MOST_LINES) throw problem.unprocessable(`An invoice has ${MOST_LINES} lines at most. Ask for it by office.`);
    const cellOf = (column: Column): string => {
      const place = places.get(column);
      return place === undefined ? '' : (cells[place] ?? '').trim();
    };
    const line = readRow(row, cellOf, faults);
    if (line) lines.push(line);
    if (faults.length >= FAULTS_SHOWN) break;
  }
  if (faults.length > 0) throw problem.unprocessable('Correct the rows listed in "errors": an invoice is recorded whole.', {}, faults);
  if (lines.length === 0) throw problem.unprocessable('The invoice has no line.');
  return lines;
}

function columnsIn(header: readonly string[]): Map<Column, number> {
  const places = new Map<Column, number>();
  const faults: ProblemPlace[] = [];
  header.forEach((cell, i) => {
    const column = columns.find((name) => (headers[name] as readonly string[]).includes(plain(cell)));
    if (!column) return;
    if (places.has(column)) faults.push({ row: 1, cell, detail: 'Two columns have this meaning. Keep one.' });
    places.set(column, i);
  });
  for (const column of columns) {
    if (places.has(column) || optional.includes(column)) continue;
    faults.push({ row: 1, cell: column, detail: `The column is missing. It may be called: ${headers[column].join(', ')}.` });
  }
  if (faults.length > 0) throw problem.unprocessable('The header does not name the columns of an invoice.', {}, faults);
  return places;
}

function readRow(row: number, cellOf: (column: Column) => string, faults: ProblemPlace[]): WrittenLine | undefined {
  const before = faults.length;
  const read = <Value>(column: Column, value: Value | undefined, detail: string): Value | undefined => {
    if (value === undefined) faults.push({ row, cell: column, detail });
    return value;
  };
  const officeCode = read('officeCode', /^[0-9A-Za-z]{1,20}$/.exec(cellOf('officeCode'))?.[0], 'The code of an office, such as 16000.');
  const dayCell = cellOf('day');
  const day = dayCell === '' ? null : read('day', dayIn(dayCell), 'Write a day as DD/MM/YYYY or YYYY-MM-DD.');
  const count = read('payoutCount', /^\d{1,7}$/.exec(cellOf('payoutCount').replaceAll(/\s/gu, ''))?.[0], 'A whole number.');
  const amount = 'An amount with a decimal comma or point, and spaces between thousands.';
  const principal = read('principal', amountIn(cellOf('principal')), amount);
  const fee = read('fee', cellOf('fee') === '' ? '0' : amountIn(cellOf('fee')), amount);
  if (faults.length > before || !officeCode || day === undefined || !count || !principal || !fee) return undefined;
  return { officeCode, day, payoutCount: Number(count), principal, fee };
}

function dayIn(text: string): string | undefined {
  const french = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  const iso = french ? `${french[3]}-${french[2]?.padStart(2, '0')}-${french[1]?.padStart(2, '0')}` : text;
  if (!/^[12]\d{3}-\d{2}-\d{2}$/.test(iso)) return undefined;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso) ? iso : undefined;
}

function amountIn(text: string): string | undefined {
  const digits = /^(\d{1,15}|\d{1,3}(?:\s\d{3}){1,4})(?:[.,](\d{1,4}))?$/u.exec(text);
  return digits?.[1] && `${digits[1].replaceAll(/\s/gu, '')}${digits[2] ? `.${digits[2]}` : ''}`;
}
