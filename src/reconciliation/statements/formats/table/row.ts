import type { Money, NumberedRow, ProblemPlace } from '../../../../platform/index.ts';
import { givenReference, isNoReference, NO_REFERENCE, payoutIdIn } from '../ours.ts';
import type { ReadLine, StatementSource } from '../types.ts';
import { currencyIn, dateIn, referenceIn, serialIn } from './cells.ts';
import type { Positions } from './headers.ts';
import type { FieldName, TableMapping } from './mapping.ts';
import { MovementReader } from './movement.ts';

const details = {
  reference: 'Letters, digits and . _ : / # - are read here, starting with a letter or a digit.',
  serial: 'A serial is digits. A spreadsheet may have turned it into a number such as 1.2E+13: format the column as text.',
  date: 'Write a day as DD/MM/YYYY or YYYY-MM-DD.',
  office: 'An office code is five digits.',
  currency: 'Use an ISO 4217 code, such as DZD.',
  lastFour: 'Four letters or digits, or nothing.',
} as const;

/** The post gives every operation a reference; where it writes that there is none, there is none. */
const postReference = (text: string): string | undefined => (text !== '' && isNoReference(text) ? NO_REFERENCE : referenceIn(text));

/** Reads the rows of a table by a mapping. */
export class RowReader {
  readonly #positions: Positions;
  readonly #mapping: TableMapping;
  readonly #source: StatementSource;
  readonly #movements: MovementReader;
  readonly #dateDetail: string;

  constructor(positions: Positions, mapping: TableMapping, source: StatementSource) {
    this.#positions = positions;
    this.#mapping = mapping;
    this.#source = source;
    this.#movements = new MovementReader(positions, mapping, source);
    this.#dateDetail = mapping.dateFormat === undefined ? details.date : `The mapping says that days are written ${mapping.dateFormat}.`;
  }

  /** The text of a cell, without the blanks around it. */
  cell({ cells }: NumberedRow, field: FieldName): string {
    const position = this.#positions.get(field);
    return position === undefined ? '' : (cells[position] ?? '').trim();
  }

  /** The amount that a row of totals states; null where it states none, undefined where it cannot be read. */
  total(row: NumberedRow, currency: string): Money | null | undefined {
    return this.#movements.stated(this.cell(row, this.#movements.isSplit ? 'debit' : 'amount'), currency);
  }

  /** What the table has left unsaid, once all of it has been read. */
  faults(): ProblemPlace[] {
    return this.#movements.faults();
  }

  /** Reads every cell, so that all faults of a row are named at once; the line is whole only when none was. */
  read(record: NumberedRow, faults: ProblemPlace[]): ReadLine | undefined {
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
    const paidOn = dateIn(cell('date'), this.#mapping.dateFormat);
    if (paidOn === undefined) fault('date', this.#dateDetail);
    const givenValue = cell('valueDate');
    const valueOn = givenValue === '' ? null : dateIn(givenValue, this.#mapping.dateFormat);
    if (valueOn === undefined) fault('valueDate', this.#dateDetail);
    const givenOffice = cell('office');
    const officeCode = givenOffice === '' && !namesOffice ? null : /^\d{4,5}$/.exec(givenOffice)?.[0].padStart(5, '0');
    if (officeCode === undefined) fault('office', details.office);
    const givenCurrency = cell('currency');
    const currency = givenCurrency === '' ? this.#mapping.currency : currencyIn(givenCurrency);
    if (currency === undefined) fault('currency', details.currency);
    const movement = this.#movements.read(row, cell, currency ?? 'TND', fault);
    const lastFour = /^([0-9A-Z]{4})?$/.exec(cell('lastFour').toUpperCase())?.[0];
    if (lastFour === undefined) fault('lastFour', details.lastFour);
    if (faults.length > before || !movement || reference === undefined || !paidOn) return undefined;
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
      documentLastFour: lastFour || null,
    };
  }
}
