import type { Money, NumberedRow, ProblemPlace } from '../../../../platform/index.ts';
import { givenReference, isNoReference, NO_REFERENCE, payoutIdIn } from '../ours.ts';
import type { ReadLine, StatementSource } from '../types.ts';
import { currencyIn, dateIn, hasShortYear, lastFourIn, officeIn, referenceIn, serialIn } from './cells.ts';
import type { Positions } from './headers.ts';
import type { FieldName, TableMapping } from './mapping.ts';
import { MovementReader } from './movement.ts';

const details = {
  reference: 'Letters, digits and marks such as . _ : / # ( ) - are read here, starting with a letter or a digit.',
  serial: 'A serial is digits. A spreadsheet may have turned it into a number such as 1.2E+13: format the column as text.',
  date: 'Write a day as DD/MM/YYYY or YYYY-MM-DD, with or without a time after it.',
  shortYear: 'A year of two digits is read only where a mapping says which number is the day: set dateFormat to DD/MM/YYYY or MM/DD/YYYY.',
  office: 'An office code is five digits; a name of an office is read too.',
  currency: 'Use an ISO 4217 code, such as DZD.',
  lastFour: 'Four letters or digits, or nothing; zeros at the beginning may be missing.',
} as const;

/** What is read by the marks of a mapping, which are those of its texts. */
const amountFields: ReadonlySet<FieldName> = new Set(['amount', 'debit', 'credit', 'balance']);

/** The post gives every operation a reference; where it writes that there is none, there is none. */
const postReference = (text: string): string | undefined => (text !== '' && isNoReference(text) ? NO_REFERENCE : referenceIn(text));

/** Reads the rows of a table by a mapping. */
export class RowReader {
  readonly #positions: Positions;
  readonly #mapping: TableMapping;
  readonly #source: StatementSource;
  readonly #movements: MovementReader;
  readonly #from1904: boolean;

  /** @param from1904 whether the workbook counts days from 1904 */
  constructor(positions: Positions, mapping: TableMapping, source: StatementSource, from1904 = false) {
    this.#from1904 = from1904;
    this.#positions = positions;
    this.#mapping = mapping;
    this.#source = source;
    this.#movements = new MovementReader(positions, mapping, source);
  }

  /** The text of a cell, without the blanks around it; an amount that is a number of a workbook is written as the mapping writes amounts. */
  cell({ cells, numbers }: NumberedRow, field: FieldName): string {
    const position = this.#positions.get(field);
    if (position === undefined) return '';
    const text = (cells[position] ?? '').trim();
    const isNumber = amountFields.has(field) && numbers?.includes(position);
    return isNumber ? text.replace('.', this.#mapping.decimalMark ?? '.') : text;
  }

  /** The amount that a row of totals states; null where it states none, undefined where it cannot be read. */
  total(row: NumberedRow, currency: string): Money | null | undefined {
    return this.#movements.stated(this.cell(row, this.#movements.isSplit ? 'debit' : 'amount'), currency);
  }

  /** An amount with its sign; null where there is none, undefined where it cannot be read. */
  stated(text: string, currency: string): Money | null | undefined {
    return this.#movements.stated(text, currency);
  }

  /** What the account held after a row; null where it does not say, undefined where it cannot be read. */
  balance(row: NumberedRow, currency: string): Money | null | undefined {
    return this.#movements.stated(this.cell(row, 'balance'), currency);
  }

  /** What a row that is of a balance alone states, wherever in its row. */
  balanceText(row: NumberedRow): string {
    const debit = this.cell(row, 'debit');
    return this.cell(row, 'balance') || this.cell(row, 'amount') || this.cell(row, 'credit') || (debit && `${debit} D`);
  }

  /** What the table has left unsaid, once all of it has been read. */
  faults(): ProblemPlace[] {
    return this.#movements.faults();
  }

  /** Reads every cell, so that all faults of a row are named at once. @returns null where it moved nothing, undefined where it has faults */
  read(record: NumberedRow, faults: ProblemPlace[]): ReadLine | null | undefined {
    const { row } = record;
    const before = faults.length;
    const cell = (field: FieldName): string => this.cell(record, field);
    const fault = (field: FieldName, detail: string): undefined => {
      faults.push({ row, cell: field, detail });
    };
    const isPost = this.#source === 'post';
    const givenRef = cell('reference');
    const reference = isPost ? postReference(givenRef) : (givenReference(givenRef) ?? NO_REFERENCE);
    if (reference === undefined) fault('reference', details.reference);
    // The post's fees are often of no office.
    const namesOffice = isPost && this.#movements.operation(cell) !== 'fee';
    const givenSerial = cell('serial');
    // A post that writes none is matched by document, or by office and day.
    const serial = givenSerial === '' ? null : serialIn(givenSerial);
    if (serial === undefined) fault('serial', details.serial);
    const day = (field: 'date' | 'valueDate') =>
      dateIn(cell(field), this.#mapping.dateFormat, this.#from1904) ?? fault(field, this.#dateDetail(cell(field)));
    const paidOn = day('date');
    const valueOn = cell('valueDate') === '' ? null : day('valueDate');
    const givenOffice = cell('office');
    const officeCode = givenOffice === '' && !namesOffice ? null : officeIn(givenOffice);
    if (officeCode === undefined) fault('office', details.office);
    const givenCurrency = cell('currency');
    const currency = givenCurrency === '' ? this.#mapping.currency : currencyIn(givenCurrency);
    if (currency === undefined) fault('currency', details.currency);
    const movement = this.#movements.read(row, cell, currency ?? 'TND', fault);
    const lastFour = lastFourIn(cell('lastFour'));
    if (lastFour === undefined) fault('lastFour', details.lastFour);
    if (faults.length > before || movement === undefined || reference === undefined || !paidOn) return undefined;
    if (movement === null) return null;
    return {
      row,
      place: `row ${row}`,
      ...movement,
      reference,
      // A table does not say whether its references are of one operation each.
      isNamed: false,
      ourReference: payoutIdIn(cell('ourReference')) ?? givenReference(cell('ourReference')) ?? payoutIdIn(givenRef),
      serial: serial ?? null,
      officeCode: officeCode ?? null,
      paidOn,
      valueOn: valueOn ?? null,
      documentLastFour: lastFour ?? null,
    };
  }

  #dateDetail(text: string): string {
    const { dateFormat } = this.#mapping;
    if (dateFormat !== undefined) return `The mapping says that days are written ${dateFormat}.`;
    return hasShortYear(text) ? details.shortYear : details.date;
  }
}
