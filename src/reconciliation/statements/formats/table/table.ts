import { Money, type NumberedRow, readRecords, type SheetBeside, type ShownPlace, sheetsBeside } from '../../../../platform/index.ts';
import { MOST_TITLES, plain, totalWords } from '../../../table-words.ts';
import { balanceFault, moved, Sum } from '../sum.ts';
import { type Part, type Piece, type Pieces, type ReadLine, type StatementFormat, type StatementSource, unreadable } from '../types.ts';
import { TableAccount } from './account.ts';
import { columnsIn, type Positions } from './headers.ts';
import type { TableMapping } from './mapping.ts';
import { RowReader } from './row.ts';

const BATCH = 200;
/** Lines of one day that wait for its end. */
const MOST_HELD = 5_000;

/** Reads a table, CSV or XLSX, by a mapping. @param told what the bytes say it is */
export async function* readTableStatement(
  bytes: AsyncIterable<Buffer>,
  mapping: TableMapping,
  source: StatementSource,
  told: (format: StatementFormat) => void,
): Pieces {
  const { format, records, from1904, others = [] } = await readRecords(bytes, 'text/csv', mapping);
  told(format.kind);
  try {
    yield await besides(await sheetsBeside(others, MOST_TITLES + 1), mapping, source);
    const header = await headerIn(records, mapping, source);
    if ('faults' in header) {
      yield header.faults.map((fault) => ({ fault }));
      return;
    }
    const table = new TableSoFar(header.width, header.positions, mapping, source, from1904);
    // The rows at the end are known only when the end is there, and so is the last line.
    const { endRows = 0 } = mapping;
    const held: NumberedRow[] = [];
    let pieces: Piece[] = [];
    for await (const record of records) {
      if (record.cells.every((cell) => cell.trim() === '')) continue;
      held.push(record);
      if (held.length <= endRows + 1) continue;
      table.take(held.shift() as NumberedRow, pieces);
      if (pieces.length < BATCH) continue;
      yield pieces;
      pieces = [];
    }
    const last = held.length > endRows ? held[0] : undefined;
    if (last && endRows === 0 && last.cells.length < header.width && !table.isNote(last))
      pieces.push({ fault: brokenOff(last, header.width) });
    else if (last) table.take(last, pieces);
    table.end(header.row, pieces);
    yield pieces;
  } finally {
    await records.return(undefined);
  }
}

/** A file that was cut ends in a row that was cut, and what is missing of it might be that it takes a payment back. */
const brokenOff = ({ row, cells }: NumberedRow, width: number): ShownPlace => ({
  row,
  detail: `The file breaks off here: its last row has ${cells.length} cells, the header ${width}.`,
});

type Held = Extract<Piece, { line: ReadLine }>;

type Header = { readonly row: number; readonly width: number; readonly positions: Positions };

/** What is said of the sheets that are not read. Operations in one are not passed over, unless a mapping says which sheet counts. */
async function besides(sheets: readonly SheetBeside[], mapping: TableMapping, source: StatementSource): Promise<Piece[]> {
  const { sheet, titleRows: _ofTheOther, ...rest } = mapping;
  const pieces: Piece[] = [];
  for (const { beginning, rowCount, isVisible, called } of sheets) {
    const header = await headerIn(beginning.values(), rest, source);
    const listsMore = !('faults' in header) && rowCount > beginning.findIndex(({ row }) => row === header.row) + 1;
    if (listsMore && sheet === undefined)
      pieces.push({
        fault: {
          row: 1,
          detail: `${called} holds operations. Send each sheet in a file of its own, or name the one that counts in a mapping (sheet).`,
        },
      });
    else if (isVisible || listsMore) pieces.push({ remark: { row: 1, detail: `${called} was not read.` } });
  }
  return pieces;
}

async function headerIn(
  records: AsyncGenerator<NumberedRow, void> | IterableIterator<NumberedRow>,
  mapping: TableMapping,
  source: StatementSource,
): Promise<Header | { readonly faults: ShownPlace[] }> {
  let best: { faults: ShownPlace[]; found: number } | undefined;
  for (let passed = 0; passed <= (mapping.titleRows ?? MOST_TITLES); ) {
    const { done, value } = await records.next();
    if (done) break;
    const width = value.cells.findLastIndex((cell) => cell.trim() !== '') + 1;
    if (width === 0) continue;
    passed += 1;
    if (mapping.titleRows !== undefined && passed <= mapping.titleRows) continue;
    const { positions, faults } = columnsIn(value.cells.slice(0, width), value.row, mapping, source);
    if (faults.length === 0) return { row: value.row, width, positions };
    // What is missing is said of the row that is most like a header.
    if (!best || positions.size > best.found) best = { faults, found: positions.size };
  }
  if (!best) throw unreadable('The file is empty. Its first line must name the columns.');
  return { faults: best.faults };
}

const firstFilled = (cells: readonly string[]): number => cells.findIndex((cell) => cell.trim() !== '');

/** Whether a cell is words, as a reference or a code is not. */
const isWords = (text: string): boolean => /^\s*[\p{L}(«"].*\s/u.test(text) && /[\p{L}\p{M}]{3}/u.test(text);

/** The rows of a table, as far as they have been read. */
class TableSoFar {
  readonly #width: number;
  readonly #mapping: TableMapping;
  readonly #reader: RowReader;
  readonly #account: TableAccount;
  readonly #totals: ReadonlySet<string>;
  readonly #hasBalances: boolean;
  readonly #sum = new Sum();
  /** Of amounts as they stand, whatever their operation: some total them so. */
  #gross: Money | null = null;
  #held: Held[] = [];
  /** Columns in which lines begin with words. */
  readonly #wordy = new Set<number>();
  #rows = 0;
  #isBroken = false;
  #firstLeftOut: number | undefined;

  constructor(width: number, positions: Positions, mapping: TableMapping, source: StatementSource, from1904: boolean | undefined) {
    this.#width = width;
    this.#mapping = mapping;
    this.#reader = new RowReader(positions, mapping, source, from1904);
    this.#account = new TableAccount(this.#reader, mapping, source);
    this.#hasBalances = positions.has('balance');
    this.#totals = new Set([...totalWords, 'somme', ...(mapping.totalMarks ?? [])].map(plain));
  }

  take(record: NumberedRow, pieces: Piece[]): void {
    const { row, cells } = record;
    if (this.#isTotal(record)) {
      pieces.push(...this.#checkTotal(record));
      return;
    }
    const isBalance = this.#account.takeBalance(record);
    if (isBalance) {
      if (isBalance === true) return;
      this.#isBroken = true;
      pieces.push({ fault: isBalance });
      return;
    }
    if (this.isNote(record)) {
      pieces.push({ remark: { row, detail: 'The row says neither what was paid nor when: it is taken for a note, and was not read.' } });
      return;
    }
    this.#rows += 1;
    if (cells.length > this.#width && cells.slice(this.#width).some((cell) => cell.trim() !== '')) {
      pieces.push({ fault: { row, detail: `The row has ${cells.length} cells, the header ${this.#width}.` } });
      return;
    }
    const [faults, remarks]: [ShownPlace[], ShownPlace[]] = [[], []];
    const line = this.#reader.read(record, faults, remarks);
    const begins = firstFilled(cells);
    if (line && isWords(cells[begins] ?? '')) this.#wordy.add(begins);
    pieces.push(...this.#account.take(record, faults));
    if (line) this.#sum.add(line);
    const balance = line === undefined ? null : this.#balance(record, line, faults);
    if (faults.length > 0) this.#isBroken = true;
    for (const fault of faults) pieces.push({ fault });
    for (const remark of remarks) pieces.push({ remark });
    if (line === null) {
      this.#sum.leftOut += 1;
      this.#firstLeftOut ??= row;
    }
    if (!line) return;
    if (line.amount.currency === this.#sum.currency) this.#gross = this.#gross?.plus(line.amount) ?? line.amount;
    const piece = { line, text: this.#reader.cell(record, 'text'), balance };
    if (this.#hasBalances) this.#hold(piece, pieces);
    else pieces.push(piece);
  }

  /** The lines of a day go on in the order of time, in which the nth of some equal ones is the nth of them in any table. */
  #hold(piece: Held, pieces: Piece[]): void {
    if (this.#held[0]?.line.paidOn !== piece.line.paidOn || this.#held.length === MOST_HELD) this.#release(pieces);
    this.#held.push(piece);
  }

  #release(pieces: Piece[]): void {
    pieces.push(...(this.#account.isNewestFirst ? this.#held.toReversed() : this.#held));
    this.#held = [];
  }

  #balance(record: NumberedRow, line: ReadLine | null, faults: ShownPlace[]): Money | null {
    const { currency } = this.#sum;
    if (!this.#hasBalances || currency === null) return null;
    return this.#account.moved(record, line, line?.amount.currency === currency ? moved(line) : Money.zero(currency), faults);
  }

  end(headerRow: number, pieces: Piece[]): void {
    this.#release(pieces);
    if (this.#rows === 0) pieces.push({ fault: { row: headerRow, detail: 'The statement lists no operation.' } });
    const { currency, credits, debits, lineCount, leftOut } = this.#sum;
    if (this.#firstLeftOut !== undefined)
      pieces.push({
        remark: {
          row: this.#firstLeftOut,
          cell: 'amount',
          detail: `Rows whose amount is 0 were left out: ${leftOut}, of which this is the first.`,
        },
      });
    const faults = this.#reader.faults();
    // Where a row is missing, no balance comes out.
    const balances = this.#isBroken ? { opening: null, closing: null } : this.#account.end(currency, faults);
    const unstated = { reference: null, from: null, to: null, isInterim: false };
    const place = { place: 'table', row: headerRow, account: this.#account.name };
    const part: Part = { ...place, ...unstated, ...balances, leftOut, currency, credits, debits, lineCount };
    const broken = faults.length > 0 ? undefined : balanceFault({ ...part, row: this.#account.closingRow ?? headerRow });
    for (const fault of [...faults, ...(broken ? [broken] : [])]) pieces.push({ fault });
    if (!balances.opening !== !balances.closing)
      pieces.push({
        remark: { row: headerRow, detail: 'The table states one balance only, so that could not be checked against its lines.' },
      });
    pieces.push({ part });
  }

  /** A row that says it is one, in the first of its cells that says anything. */
  #isTotal({ cells }: NumberedRow): boolean {
    const first = cells.find((cell) => cell.trim() !== '') ?? '';
    return first.length < 40 && !/^\d/.test(first) && this.#totals.has(plain(first));
  }

  /**
   * Whether a row between or below the lines is a note: words, and hardly more, where lines begin with anything else. A line that was cut off
   * begins as the others do.
   */
  isNote(record: NumberedRow): boolean {
    const { cells } = record;
    const begins = firstFilled(cells);
    return (
      this.#rows > 0 &&
      isWords(cells[begins] ?? '') &&
      !this.#wordy.has(begins) &&
      cells.filter((cell) => cell.trim() !== '').length <= 2 &&
      (['amount', 'debit', 'credit', 'serial', 'lastFour'] as const)
        .map((field) => this.#reader.cell(record, field))
        .every((text) => text === '' || isWords(text))
    );
  }

  #checkTotal(record: NumberedRow): Piece[] {
    const currency = this.#sum.currency ?? this.#mapping.currency;
    if (currency === undefined) return [];
    const stated = this.#reader.total(record, currency);
    if (stated === null) return [];
    if (!stated) return [{ fault: { row: record.row, cell: 'amount', detail: 'The amount of the row of totals cannot be read.' } }];
    const zero = Money.zero(currency);
    const net = (this.#sum.debits ?? zero).minus(this.#sum.credits ?? zero);
    const sums = [net, net.negated(), this.#gross ?? zero, this.#sum.debits ?? zero];
    if (sums.some((sum) => sum.equals(stated))) return [];
    return [
      {
        fault: { row: record.row, cell: 'amount', detail: `The total is stated as ${stated} ${currency}; the rows above come to ${net}.` },
      },
    ];
  }
}
