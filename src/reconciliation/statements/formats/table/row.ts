import type { Money, NumberedRow, ProblemPlace } from '../../../../platform/index.ts';
import { givenReference, isNoReference, NO_REFERENCE, payoutIdIn } from '../ours.ts';
import type { LineKind, ReadLine, StatementSource } from '../types.ts';
import { amountExpression, amountIn, currencyIn, dateIn, referenceIn, serialIn } from './cells.ts';
import { type Positions, plain } from './headers.ts';
import type { FieldName, TableMapping } from './mapping.ts';

const words = {
  payment: ['', 'payment', 'paiement', 'دفع'],
  reversal: ['reversal', 'annulation', 'إلغاء'],
  fee: ['fee', 'fees', 'frais', 'commission', 'charges', 'رسوم', 'عمولة'],
} as const;

const details = {
  reference: 'Letters, digits and . _ : / # - are read here, starting with a letter or a digit.',
  serial: 'A serial is digits. A spreadsheet may have turned it into a number such as 1.2E+13: format the column as text.',
  date: 'Write a day as DD/MM/YYYY or YYYY-MM-DD.',
  office: 'An office code is five digits.',
  currency: 'Use an ISO 4217 code, such as DZD.',
  operation: 'Say payment (paiement) or reversal (annulation).',
  amount: 'An amount above zero, with a decimal comma or point, spaces between thousands, and no more decimals than its currency has.',
  lastFour: 'Four letters or digits, or nothing.',
} as const;

/** The post gives every operation a reference; where it writes that there is none, there is none. */
const postReference = (text: string): string | undefined => (text !== '' && isNoReference(text) ? NO_REFERENCE : referenceIn(text));

/** Reads the rows of a table by a mapping. */
export class RowReader {
  readonly #positions: Positions;
  readonly #mapping: TableMapping;
  readonly #source: StatementSource;
  readonly #expression: RegExp;
  readonly #kinds: ReadonlyMap<string, LineKind>;
  readonly #isSplit: boolean;
  readonly #dateDetail: string;

  constructor(positions: Positions, mapping: TableMapping, source: StatementSource) {
    this.#positions = positions;
    this.#mapping = mapping;
    this.#source = source;
    this.#expression = amountExpression(mapping);
    this.#isSplit = mapping.signs === 'debit_credit' || (mapping.signs === undefined && !positions.has('amount'));
    this.#dateDetail = mapping.dateFormat === undefined ? details.date : `The mapping says that days are written ${mapping.dateFormat}.`;
    const marked = (kind: LineKind, known: readonly string[], more: readonly string[] = []) =>
      [...known, ...more].map((word) => [plain(word), kind] as const);
    this.#kinds = new Map([
      ...marked('payment', words.payment, mapping.paymentMarks),
      ...marked('reversal', words.reversal, mapping.reversalMarks),
      ...marked('fee', words.fee, mapping.feeMarks),
    ]);
  }

  /** The text of a cell, without the blanks around it. */
  cell({ cells }: NumberedRow, field: FieldName): string {
    const position = this.#positions.get(field);
    return position === undefined ? '' : (cells[position] ?? '').trim();
  }

  /** The amount that a row of totals states; null where it states none, undefined where it cannot be read. */
  total(row: NumberedRow, currency: string): Money | null | undefined {
    const text = this.cell(row, this.#isSplit ? 'debit' : 'amount');
    if (text === '') return null;
    const read = amountIn(text, this.#expression, currency);
    return read && (read.isNegative ? read.amount.negated() : read.amount);
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
    const operation = this.#kinds.get(plain(cell('operation')));
    if (operation === undefined) fault('operation', details.operation);
    // The post's fees are often of no office.
    const namesOffice = isPost && operation !== 'fee';
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
    const movement = this.#movement(record, currency ?? 'TND', operation ?? 'payment');
    if (!movement) fault(this.#isSplit ? 'debit' : 'amount', details.amount);
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

  /** What a row says was moved, and which way. */
  #movement(record: NumberedRow, currency: string, operation: LineKind): { kind: LineKind; amount: Money } | undefined {
    if (this.#isSplit) return this.#splitMovement(record, currency, operation);
    const read = amountIn(this.cell(record, 'amount'), this.#expression, currency);
    if (!read || read.amount.isZero) return undefined;
    const { amount, isNegative } = read;
    if (this.#mapping.signs === 'negative_is_reversal') return { amount, kind: isNegative ? 'reversal' : operation };
    // In a bank's table a minus is money that left. In the post's a reversal may carry one, which says no more than its operation does.
    if (this.#source === 'bank' && operation !== 'reversal')
      return { amount, kind: isNegative ? operation : operation === 'fee' ? 'fee' : 'deposit' };
    if (isNegative && operation !== 'reversal') return undefined;
    return { amount, kind: operation };
  }

  #splitMovement(record: NumberedRow, currency: string, operation: LineKind): { kind: LineKind; amount: Money } | undefined {
    const texts = [this.cell(record, 'debit'), this.cell(record, 'credit')];
    const [debit, credit] = texts.map((text) => (text === '' ? null : amountIn(text, this.#expression, currency)));
    if (debit === undefined || credit === undefined) return undefined;
    const [paid, received] = [debit, credit].map((side) => (side && !side.amount.isZero ? side.amount : null));
    if (!paid === !received) return undefined;
    if (paid) return { amount: paid, kind: operation === 'reversal' ? 'deposit_reversal' : operation };
    if (!received) return undefined;
    return { amount: received, kind: operation === 'reversal' || this.#source === 'post' ? 'reversal' : 'deposit' };
  }
}
