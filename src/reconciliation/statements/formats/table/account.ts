import type { Money, NumberedRow, ShownPlace } from '../../../../platform/index.ts';
import { plain } from '../../../table-words.ts';
import { strangerFault } from '../sum.ts';
import type { Piece, ReadLine, StatementSource } from '../types.ts';
import { RunningBalances, type Span } from './balances.ts';
import { readable } from './cells.ts';
import type { TableMapping } from './mapping.ts';
import type { RowReader } from './row.ts';

type Side = keyof Span;

const words: Readonly<Record<Side, readonly string[]>> = {
  opening: [
    'solde initial',
    'solde precedent',
    'ancien solde',
    "solde d'ouverture",
    'opening balance',
    'balance brought forward',
    'الرصيد الافتتاحي',
    'الرصيد السابق',
  ],
  closing: [
    'solde final',
    'nouveau solde',
    'solde de cloture',
    'closing balance',
    'balance carried forward',
    'الرصيد الختامي',
    'الرصيد النهائي',
  ],
};

/** What a table says of its account: whose lines they are, and what it held before them, beside them and after them. */
export class TableAccount {
  readonly #reader: RowReader;
  readonly #words: ReadonlyMap<string, Side>;
  readonly #balances = new RunningBalances();
  readonly #stated: { [side in Side]?: { readonly row: number; readonly text: string } } = {};
  #name: string | null;
  #hasBegun = false;
  #firstDay: string | undefined;
  #lastDay = '';

  /** The post's tables are of no account of ours. */
  constructor(reader: RowReader, mapping: TableMapping, source: StatementSource) {
    this.#reader = reader;
    this.#name = accountIn(mapping.account ?? '');
    const known = (side: Side, more: readonly string[] = []) => [...words[side], ...more].map((word) => [plain(word), side] as const);
    this.#words = new Map(source === 'bank' ? [...known('opening', mapping.openingMarks), ...known('closing', mapping.closingMarks)] : []);
  }

  get name(): string | null {
    return this.#name;
  }

  /** Takes a row that states what the account held before or after the lines. @returns whether it is one, or what is wrong with it */
  takeBalance(record: NumberedRow): boolean | ShownPlace {
    const side = this.#words.size === 0 ? undefined : this.#sideOf(record);
    if (!side) return false;
    const { row } = record;
    const text = this.#reader.balanceText(record);
    if (text === '') return { row, cell: `${side} balance`, detail: 'The row of a balance states none.' };
    if (this.#stated[side] && this.#stated[side].text !== text)
      return {
        row,
        cell: `${side} balance`,
        detail: `The table states a second ${side} balance. Send the lines of each period in a file of their own.`,
      };
    this.#stated[side] ??= { row, text };
    return true;
  }

  /** Whose the row is: said before its line, where it is news. */
  take(record: NumberedRow, faults: ShownPlace[]): Piece[] {
    const name = accountIn(this.#reader.cell(record, 'account')) ?? this.#name;
    if (this.#hasBegun && name === this.#name) return [];
    if (this.#hasBegun && this.#name !== null) {
      faults.push({
        row: record.row,
        cell: 'account',
        detail: 'The table lists a second account. Send the lines of each in a file of their own.',
      });
      return [];
    }
    this.#hasBegun = true;
    this.#name = name;
    return [{ account: name, opening: null }];
  }

  /**
   * Takes what a row did to the account.
   * @param line null where it moved nothing @param currency of the table
   * @returns what the account held after it; null where the table does not say
   */
  moved(record: NumberedRow, line: ReadLine | null, moved: Money, faults: ShownPlace[]): Money | null {
    const { row } = record;
    const stated = this.#reader.balance(record, moved.currency);
    if (stated === undefined) {
      faults.push({ row, cell: 'balance', detail: 'The balance is no amount of the currency of the lines.' });
      return null;
    }
    if (line) {
      if (stated) faults.push(...strangerFault(line, moved.currency));
      this.#firstDay ??= line.paidOn;
      this.#lastDay = line.paidOn;
    }
    this.#balances.take(row, moved, stated);
    return stated;
  }

  /** What the account held before and after all lines, as far as the table says it. @param currency of the table */
  end(currency: string | null, faults: ShownPlace[]): { [side in keyof Span]: Money | null } {
    const span = this.#balances.end(this.#daysGoBack);
    if (span && 'detail' in span) {
      faults.push(span);
      return { opening: null, closing: null };
    }
    const side = (which: Side): Money | null => {
      const given = this.#stated[which];
      const derived = span?.[which] ?? null;
      if (!given || currency === null) return derived;
      const amount = this.#reader.stated(given.text, currency);
      const fault = (detail: string) => faults.push({ row: given.row, cell: `${which} balance`, detail });
      if (!amount) fault('The balance is no amount of the currency of the lines.');
      else if (derived && !derived.equals(amount))
        fault(`The ${which} balance is stated as ${amount} ${currency}; by the balances beside the lines it is ${derived}.`);
      return amount ?? null;
    };
    return { opening: side('opening'), closing: side('closing') };
  }

  /** Whether the newest line comes first, by what has been read so far. */
  get isNewestFirst(): boolean {
    return this.#balances.isNewestFirst(this.#daysGoBack);
  }

  get #daysGoBack(): boolean {
    return this.#firstDay !== undefined && this.#firstDay > this.#lastDay;
  }

  /** The row whose balance the sum of the lines is held against. */
  get closingRow(): number | undefined {
    return this.#stated.closing?.row;
  }

  #sideOf(record: NumberedRow): Side | undefined {
    const first = record.cells.find((cell) => cell.trim() !== '') ?? '';
    const cells = [first, ...(['text', 'operation'] as const).map((field) => this.#reader.cell(record, field))];
    for (const cell of cells) {
      const side = cell !== '' && cell.length < 60 && !/^\d/.test(cell) ? this.#words.get(plain(cell)) : undefined;
      if (side) return side;
    }
    return undefined;
  }
}

/** Our own account, without blanks. */
const accountIn = (text: string): string | null => readable(text).replaceAll(/\s/gu, '').toUpperCase().slice(0, 70) || null;
