import { type NumberedRow, type ProblemPlace, problem, readRecords, type Upload } from '../../../platform/index.ts';
import { MOST_TITLES, plain, totalWords } from '../../table-words.ts';
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

const totals: ReadonlySet<string> = new Set([...totalWords, 'المجموع العام'].map(plain));
const MOST_LINES = 50_000;
const FAULTS_SHOWN = 100;

/**
 * Reads the lines of an invoice from a table of the post's (CSV or XLSX), whose columns are guessed from its header. Titles above that and rows of
 * totals are no lines: what the invoice comes to is said beside it.
 * @throws unprocessable naming every row and cell that cannot be read, up to a hundred: an invoice is whole or refused
 */
export async function readInvoiceFile({ bytes, contentType }: Upload): Promise<WrittenLine[]> {
  const { records } = await readRecords(bytes, contentType);
  const faults: ProblemPlace[] = [];
  const lines: WrittenLine[] = [];
  try {
    const places = await headerIn(records);
    for await (const { row, cells } of records) {
      const first = cells.find((cell) => cell.trim() !== '');
      if (first === undefined || totals.has(plain(first))) continue;
      if (lines.length === MOST_LINES) throw problem.unprocessable(`An invoice has ${MOST_LINES} lines at most. Ask for it by office.`);
      const cellOf = (column: Column): string => {
        const place = places.get(column);
        return place === undefined ? '' : (cells[place] ?? '').trim();
      };
      const line = readRow(row, cellOf, faults);
      if (line) lines.push(line);
      if (faults.length >= FAULTS_SHOWN) break;
    }
  } finally {
    await records.return(undefined);
  }
  if (faults.length > 0) throw problem.unprocessable('Correct the rows listed in "errors": an invoice is recorded whole.', {}, faults);
  if (lines.length === 0) throw problem.unprocessable('The invoice has no line.');
  return lines;
}

/** The columns by the first row that names them all. @throws unprocessable naming what is wrong with the row that is most like a header */
async function headerIn(records: AsyncGenerator<NumberedRow, void>): Promise<Map<Column, number>> {
  let best: ReturnType<typeof columnsIn> | undefined;
  for (let passed = 0; passed < MOST_TITLES; passed += 1) {
    const { done, value } = await records.next();
    if (done) break;
    if (value.cells.every((cell) => cell.trim() === '')) continue;
    const found = columnsIn(value.cells, value.row);
    if (found.faults.length === 0) return found.places;
    if (!best || found.places.size > best.places.size) best = found;
  }
  if (!best) throw problem.unprocessable('The file is empty. Its first line must name the columns.');
  throw problem.unprocessable('The header does not name the columns of an invoice.', {}, best.faults);
}

function columnsIn(header: readonly string[], row: number): { places: Map<Column, number>; faults: ProblemPlace[] } {
  const places = new Map<Column, number>();
  const faults: ProblemPlace[] = [];
  header.forEach((cell, i) => {
    const column = columns.find((name) => (headers[name] as readonly string[]).includes(plain(cell)));
    if (!column) return;
    if (places.has(column)) faults.push({ row, cell, detail: 'Two columns have this meaning. Keep one.' });
    places.set(column, i);
  });
  for (const column of columns) {
    if (places.has(column) || optional.includes(column)) continue;
    faults.push({ row, cell: column, detail: `The column is missing. It may be called: ${headers[column].join(', ')}.` });
  }
  return { places, faults };
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
