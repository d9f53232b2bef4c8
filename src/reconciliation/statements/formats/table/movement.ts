import type { Money, ShownPlace } from '../../../../platform/index.ts';
import { plain } from '../../../table-words.ts';
import type { LineKind, StatementSource } from '../types.ts';
import { AmountReader, type SignedAmount } from './amounts.ts';
import type { Positions } from './headers.ts';
import type { FieldName, TableMapping } from './mapping.ts';

/** What the word of an operation can say by itself. */
type Operation = Exclude<LineKind, 'deposit_reversal'>;

const words: Readonly<Record<Operation, readonly string[]>> = {
  payment: ['payment', 'paiement', 'دفع'],
  reversal: ['reversal', 'annulation', 'إلغاء'],
  fee: ['fee', 'fees', 'frais', 'commission', 'charges', 'رسوم', 'عمولة'],
  deposit: ['deposit', 'depot', 'versement', 'إيداع'],
};
const marks = {
  debit: ['d', 'dr', 'dt', 'db', 'dbit', 'debit', 'debits', 'debiteur', 'مدين', '-', '\u2212'],
  credit: ['c', 'cr', 'ct', 'crdt', 'credit', 'credits', 'crediteur', 'دائن', '+'],
} as const;

const details = {
  operation:
    'Say payment (paiement), reversal (annulation), fee (frais) or deposit (versement), or name the word in the marks of a mapping.',
  direction: 'Say D or C (debit, credit), or name the words in debitMarks and creditMarks of a mapping.',
  minus: 'Only a reversal has a minus. Where every minus takes a payment back, set signs to negative_is_reversal in a mapping.',
  sides: 'An amount stands in one of the columns of debit and credit.',
  contradiction: 'The sign says another direction than the word beside it. Say in a mapping which of them counts: signs.',
  unsaid:
    'Nothing says whether this amount left the account or came in. Name the column that does in a mapping (columns.direction, columns.operation), or set signs: negative_is_payment (a minus left, all else came in), negative_is_reversal (all of it left), debit_credit.',
} as const;

export interface Movement {
  readonly kind: LineKind;
  readonly amount: Money;
}

/**
 * Reads what the rows of a table moved, and which way. A bank's table has to say the way: by a word, a mark, the column, or a sign. An amount
 * without a sign came in only where others carry a minus, which is known at the end.
 */
export class MovementReader {
  readonly #mapping: TableMapping;
  readonly #source: StatementSource;
  readonly #amounts: AmountReader;
  readonly #operations: ReadonlyMap<string, Operation | null>;
  readonly #credits: ReadonlyMap<string, boolean>;
  readonly #hasDirection: boolean;
  /** Whether amounts stand in columns of debit and credit. */
  readonly isSplit: boolean;
  /** The first rows of a bank's table that carry a minus, that carry neither sign nor word, and that carry the word of money that left alone. */
  #minus: number | undefined;
  #unsaid: number | undefined;
  #worded: number | undefined;

  constructor(positions: Positions, mapping: TableMapping, source: StatementSource) {
    this.#mapping = mapping;
    this.#source = source;
    this.#amounts = new AmountReader(mapping);
    this.#hasDirection = positions.has('direction');
    this.isSplit = mapping.signs === 'debit_credit' || (mapping.signs === undefined && !positions.has('amount'));
    const { paymentMarks, reversalMarks, feeMarks, depositMarks, debitMarks = [], creditMarks = [] } = mapping;
    const more: Readonly<Record<Operation, string[] | undefined>> = {
      payment: paymentMarks,
      reversal: reversalMarks,
      fee: feeMarks,
      deposit: depositMarks,
    };
    const operations = Object.keys(words) as Operation[];
    this.#operations = new Map<string, Operation | null>([
      ['', null],
      ...operations.flatMap((operation) =>
        [...words[operation], ...(more[operation] ?? [])].map((word) => [key(word), operation] as const),
      ),
    ]);
    this.#credits = new Map([
      ...[...marks.debit, ...debitMarks].map((mark) => [key(mark), false] as const),
      ...[...marks.credit, ...creditMarks].map((mark) => [key(mark), true] as const),
    ]);
  }

  /** What the word of a row's operation says; null where it says nothing, or only which way, and undefined where nobody knows it. */
  operation(cell: (field: FieldName) => string): Operation | null | undefined {
    const word = key(cell('operation'));
    return this.#operations.get(word) ?? (word === '' || this.#credits.has(word) ? null : undefined);
  }

  /** Reads a row. @param fault is told of what cannot be read @returns null where nothing was moved, undefined where something cannot be read */
  read(
    row: number,
    cell: (field: FieldName) => string,
    currency: string,
    fault: (field: FieldName, detail: string) => undefined,
  ): Movement | null | undefined {
    const operation = this.operation(cell);
    if (operation === undefined) fault('operation', details.operation);
    if (this.isSplit) return this.#split(cell, currency, operation ?? null, fault);
    const read = this.#amounts.read(cell('amount'), currency);
    if ('wrong' in read) return fault('amount', read.wrong);
    if (read.amount.isZero) return null;
    const isCredit = this.#direction(cell);
    if (isCredit === undefined) return fault('direction', details.direction);
    if (operation === undefined) return undefined;
    const kind = isCredit === null ? this.#unmarked(row, operation, read, fault) : this.#marked(operation, isCredit, read, fault);
    return kind && { kind, amount: read.amount };
  }

  /** An amount with its sign, or its mark of debit or credit; null where there is none, undefined where it cannot be read. */
  stated(text: string, currency: string): Money | null | undefined {
    if (text === '') return null;
    const [, bare = text, mark = ''] = /^(.*[\d)])\s?([DC])R?\.?$/iu.exec(text) ?? [];
    const read = this.#amounts.read(bare, currency);
    if ('wrong' in read || (read.sign !== '' && mark !== '')) return undefined;
    return read.sign === '-' || mark.toUpperCase() === 'D' ? read.amount.negated() : read.amount;
  }

  /** What the table has left unsaid, once all of it has been read. */
  faults(): ShownPlace[] {
    const fault = (row: number | undefined, detail: string) => (row === undefined ? [] : [{ row, cell: 'amount', detail }]);
    return this.#minus === undefined ? fault(this.#unsaid, details.unsaid) : fault(this.#worded, details.contradiction);
  }

  /** Whether a mark says that the money came in; null where there is none, undefined where nobody knows it. */
  #direction(cell: (field: FieldName) => string): boolean | null | undefined {
    const given = key(cell('direction'));
    if (given !== '') return this.#credits.get(given);
    // A bank that marks some of its lines has forgotten this one.
    if (this.#hasDirection && this.#source === 'bank') return undefined;
    const word = key(cell('operation'));
    return (this.#operations.has(word) ? undefined : this.#credits.get(word)) ?? null;
  }

  #kindOf(operation: Operation | null, isCredit: boolean): LineKind {
    if (!isCredit) return operation === 'reversal' ? 'deposit_reversal' : operation === 'fee' ? 'fee' : 'payment';
    if (operation === 'reversal' || (this.#source === 'post' && operation !== 'deposit')) return 'reversal';
    return 'deposit';
  }

  #marked(
    operation: Operation | null,
    isCredit: boolean,
    { sign }: SignedAmount,
    fault: (field: FieldName, detail: string) => undefined,
  ): LineKind | undefined {
    if (isCredit && sign === '-') return fault('amount', details.contradiction);
    return this.#kindOf(operation, isCredit);
  }

  #unmarked(
    row: number,
    operation: Operation | null,
    { sign }: SignedAmount,
    fault: (field: FieldName, detail: string) => undefined,
  ): LineKind | undefined {
    const { signs } = this.#mapping;
    if (signs === 'negative_is_payment') return this.#kindOf(operation, sign !== '-');
    if (signs === 'negative_is_reversal') return sign === '-' ? 'reversal' : (operation ?? 'payment');
    if (this.#source === 'post') {
      // A reversal may carry a minus, which says no more than its operation does.
      if (sign === '-' && operation !== 'reversal') return fault('amount', details.minus);
      return operation ?? 'payment';
    }
    const left = operation === 'payment' || operation === 'fee';
    if (signs === 'operation') {
      if (operation === null) return fault('operation', details.operation);
      return sign === '-' && operation === 'deposit' ? fault('amount', details.contradiction) : operation;
    }
    if (sign === '-') {
      // Whether it takes back a payment or a deposit is what the two say differently.
      if (operation === 'reversal' || operation === 'deposit') return fault('amount', details.contradiction);
      this.#minus ??= row;
      return operation ?? 'payment';
    }
    if (sign === '+') return left ? fault('amount', details.contradiction) : (operation ?? 'deposit');
    if (operation === null) this.#unsaid ??= row;
    else if (left) this.#worded ??= row;
    return operation ?? 'deposit';
  }

  #split(
    cell: (field: FieldName) => string,
    currency: string,
    operation: Operation | null,
    fault: (field: FieldName, detail: string) => undefined,
  ): Movement | null | undefined {
    const [debit, credit] = (['debit', 'credit'] as const).map((side) => {
      const text = cell(side);
      const read = text === '' ? null : this.#amounts.read(text, currency);
      return read && 'wrong' in read ? fault(side, read.wrong) : read;
    });
    if (debit === undefined || credit === undefined) return undefined;
    const [paid, received] = [debit, credit].map((side) => (side && !side.amount.isZero ? side.amount : null));
    if (paid && received) return fault('debit', details.sides);
    if (paid) return { amount: paid, kind: this.#kindOf(operation, false) };
    if (received) return { amount: received, kind: this.#kindOf(operation, true) };
    return debit || credit ? null : fault('debit', details.sides);
  }
}

/** A word as it is compared; a sign is a word too. */
const key = (text: string): string => (text === '' ? '' : plain(text) || text.trim());
