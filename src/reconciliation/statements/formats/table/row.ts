import type { Money, NumberedRow, ShownPlace } from '../../../../platform/index.ts';
import { givenReference, NO_REFERENCE, payoutIdIn } from '../ours.ts';
import type { DispensableField, ReadLine, StatementSource } from '../types.ts';
import { dateIn, hasShortYear, lastFourIn, officeIn, referenceIn, saysNothing, serialIn } from './cells.ts';
import { currencyIn } from './currencies.ts';
import type { Positions } from './headers.ts';
import type { FieldName, TableMapping } from './mapping.ts';
import { MovementReader } from './movement.ts';

const details = {
  reference: 'Letters, digits and marks such as . _ : / # ( ) - are read here, starting with a letter or a digit.',
  serial: 'A serial is digits. A spreadsheet may have turned it into a number such as 1.2E+13: format the column as text.',
  date: 'Write a day as DD/MM/YYYY, YYYY-MM-DD or 5 March 2026, with or without a time after it; without marks only where a mapping says so (dateFormat).',
  shortYear: 'A year of two digits is read only where a mapping says which number is the day: set dateFormat to DD/MM/YYYY or MM/DD/YYYY.',
  office: 'An office code is five digits; a name of an office is read too.',
  currency: 'Use an ISO 4217 code, such as DZD, or say in a mapping which currency a word such as dinar is (currency).',
  lastFour: 'The last four letters or digits of a document, which may stand at the end of its whole number.',
  unread: 'What stands here cannot be read. The line was taken without it, and it is not kept.',
} as const;

/** What is read by the marks of a mapping, which are those of its texts. */
const amountFields: ReadonlySet<FieldName> = new Set(['amount', 'debit', 'credit', 'balance']);

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
  faults(): ShownPlace[] {
    return this.#movements.faults();
  }

  /**
   * Reads every cell, so that all faults of a row are named at once. Only what it moved, when and in which currency can be one: of anything else
   * that cannot be read the line says nothing, which is remarked on.
   * @returns null where it moved nothing, undefined where it has faults
   */
  read(record: NumberedRow, faults: ShownPlace[], remarks: ShownPlace[]): ReadLine | null | undefined {
    const { row } = record;
    const before = faults.length;
    const cell = (field: FieldName): string => this.cell(record, field);
    const fault = (field: FieldName, detail: string): undefined => {
      faults.push({ row, cell: field, detail });
    };
    const unread: DispensableField[] = [];
    const dispensable = (field: DispensableField, read: (text: string) => string | undefined): string | null => {
      const text = cell(field);
      if (saysNothing(text)) return null;
      const value = read(text);
      if (value === undefined) unread.push(field);
      return value ?? null;
    };
    const dayIn = (text: string) => dateIn(text, this.#mapping.dateFormat, this.#from1904);
    const reference = dispensable('reference', this.#source === 'post' ? referenceIn : (text) => givenReference(text) ?? NO_REFERENCE);
    // A post that writes none is matched by document, or by office and day.
    const serial = dispensable('serial', serialIn);
    const paidOn = dayIn(cell('date')) ?? fault('date', this.#dateDetail(cell('date')));
    const valueOn = dispensable('valueDate', dayIn);
    const office = dispensable('office', officeIn);
    const lastFour = dispensable('lastFour', lastFourIn);
    const givenCurrency = cell('currency');
    const readCurrency = currencyIn(givenCurrency, this.#mapping.currency);
    const currency = readCurrency ?? this.#mapping.currency;
    if (currency === undefined) fault('currency', details.currency);
    const movement = this.#movements.read(row, cell, currency ?? 'TND', fault);
    if (faults.length > before || movement === undefined || !paidOn) return undefined;
    if (movement === null) return null;
    if (readCurrency === undefined && !saysNothing(givenCurrency))
      remarks.push({
        row,
        cell: 'currency',
        detail: `This is no currency that is known. It was read as ${currency}, which the mapping says.`,
      });
    for (const field of unread) {
      const form = field === 'valueDate' ? this.#dateDetail(cell(field)) : details[field];
      remarks.push({ row, cell: field, detail: `${details.unread} ${form}` });
    }
    return {
      row,
      place: `row ${row}`,
      ...movement,
      reference: reference ?? NO_REFERENCE,
      // A table does not say whether its references are of one operation each.
      isNamed: false,
      ourReference: payoutIdIn(cell('ourReference')) ?? givenReference(cell('ourReference')) ?? payoutIdIn(cell('reference')),
      serial,
      officeCode: office ?? this.#officeOfAll(unread, movement.kind),
      paidOn,
      valueOn,
      documentLastFour: lastFour,
      unread,
    };
  }

  /** The office that a mapping says of all lines. The post's fees are often of none, and a line that names another is not of this one. */
  #officeOfAll(unread: readonly DispensableField[], kind: ReadLine['kind']): string | null {
    const { office } = this.#mapping;
    return office === undefined || kind === 'fee' || unread.includes('office') ? null : (officeIn(office) ?? null);
  }

  #dateDetail(text: string): string {
    const { dateFormat } = this.#mapping;
    if (dateFormat !== undefined) return `The mapping says that days are written ${dateFormat}.`;
    return hasShortYear(text) ? details.shortYear : details.date;
  }
}
