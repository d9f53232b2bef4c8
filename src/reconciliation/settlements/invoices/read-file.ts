import {
  type NumberedRow,
  type OtherSheet,
  type ProblemPlace,
  problem,
  readRecords,
  sheetsBeside,
  type Upload,
} from '../../../platform/index.ts';
import { AmountReader } from '../../statements/formats/table/amounts.ts';
import { dateIn, readable } from '../../statements/formats/table/cells.ts';
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

/** The lines of an invoice, and the row that each stands in. */
export interface InvoiceTable {
  readonly lines: readonly WrittenLine[];
  readonly rows: readonly number[];
}

/**
 * Reads the lines of an invoice from a table of the post's (CSV or XLSX), whose columns are guessed from its header and whose cells are read as those
 * of its statements. Titles above that and rows of totals are no lines: what the invoice comes to is said beside it.
 * @throws unprocessable naming every row and cell that cannot be read, up to a hundred: an invoice is whole or refused
 */
export async function readInvoiceFile({ bytes, contentType }: Upload, currency: string): Promise<InvoiceTable> {
  const { records, others = [] } = await readRecords(bytes, contentType);
  const faults: ProblemPlace[] = [];
  const [lines, rows]: [WrittenLine[], number[]] = [[], []];
  try {
    await refuseSecondSheet(others);
    const places = await headerIn(records);
    const amounts = new AmountReader({}, 'Write it with all its decimals, such as 15000,00.');
    for await (const { row, cells } of records) {
      const first = cells.find((cell) => cell.trim() !== '');
      if (first === undefined || totals.has(plain(first))) continue;
      if (lines.length === MOST_LINES) throw problem.unprocessable(`An invoice has ${MOST_LINES} lines at most. Ask for it by office.`);
      const cellOf = (column: Column): string => {
        const place = places.get(column);
        return place === undefined ? '' : readable(cells[place] ?? '');
      };
      const line = readRow(row, cellOf, (text) => amountIn(amounts, text, currency), faults);
      if (line) {
        lines.push(line);
        rows.push(row);
      }
      if (faults.length >= FAULTS_SHOWN) break;
    }
  } finally {
    await records.return(undefined);
  }
  if (faults.length > 0) throw problem.unprocessable('Correct the rows listed in "errors": an invoice is recorded whole.', {}, faults);
  if (lines.length === 0) throw problem.unprocessable('The invoice has no line.');
  return { lines, rows };
}

/** @throws unprocessable when a sheet that is not read lists lines of an invoice */
async function refuseSecondSheet(others: readonly OtherSheet[]): Promise<void> {
  for (const { called, beginning, rowCount } of await sheetsBeside(others, MOST_TITLES + 1)) {
    const header = beginning.findIndex(({ row, cells }) => columnsIn(cells, row).faults.length === 0);
    if (header < 0 || rowCount === header + 1) continue;
    const detail = `${called} lists offices as well. Send the lines of the invoice in one sheet.`;
    throw problem.unprocessable(detail, {}, [{ row: 1, detail }]);
  }
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

function readRow(
  row: number,
  cellOf: (column: Column) => string,
  amountIn: (text: string) => string | { readonly wrong: string },
  faults: ProblemPlace[],
): WrittenLine | undefined {
  const before = faults.length;
  const read = <Value>(column: Column, value: Value | undefined, detail: string): Value | undefined => {
    if (value === undefined) faults.push({ row, cell: column, detail });
    return value;
  };
  const amount = (column: 'principal' | 'fee'): string | undefined => {
    const given = amountIn(cellOf(column));
    return typeof given === 'string' ? given : read(column, undefined, given.wrong);
  };
  const officeCode = read('officeCode', /^[0-9A-Za-z]{1,20}$/.exec(cellOf('officeCode'))?.[0], 'The code of an office, such as 16000.');
  const dayCell = cellOf('day');
  const day = dayCell === '' ? null : read('day', dateIn(dayCell, undefined), 'Write a day as DD/MM/YYYY or YYYY-MM-DD.');
  const count = read('payoutCount', /^\d{1,7}$/.exec(cellOf('payoutCount').replaceAll(/\s/gu, ''))?.[0], 'A whole number.');
  const principal = amount('principal');
  const fee = cellOf('fee') === '' ? '0' : amount('fee');
  if (faults.length > before || !officeCode || day === undefined || !count || !principal || !fee) return undefined;
  return { officeCode, day, payoutCount: Number(count), principal, fee };
}

/** An amount as decimal text. The post may mark what it takes back, which an invoice does not: the minus is refused where the line is. */
function amountIn(amounts: AmountReader, text: string, currency: string): string | { readonly wrong: string } {
  const read = amounts.read(text, currency);
  if ('wrong' in read) return read;
  if (read.sign === '-' && !read.amount.isZero)
    return { wrong: 'Not below zero. What the post takes back comes off the line of its office.' };
  return read.amount.toString();
}
