import type { Fault, FaultCode } from '../beneficiaries/index.ts';
import type { ColumnName } from './columns.ts';
import type { DateStyles, Layout } from './mapping.ts';
import { dateOf, saysNothing } from './vocabulary.ts';

/** Arabic spreadsheets leave marks of direction around a cell. Within a text they are a fault. */
const isAround = (character: string | undefined): boolean => character !== undefined && /[\s\u200E\u200F]/.test(character);

function bare(cell: string): string {
  let [from, to] = [0, cell.length];
  while (isAround(cell[from])) from += 1;
  while (to > from && isAround(cell[to - 1])) to -= 1;
  return cell.slice(from, to);
}

/** Reads the cells of one row by column, and collects what is wrong with them. */
export class RowReader {
  readonly faults: Fault[] = [];
  readonly #header: readonly string[];
  readonly #positions: ReadonlyMap<ColumnName, number>;
  readonly #dates: DateStyles;
  readonly #cells: readonly string[];

  constructor({ header, positions, dates }: Layout, cells: readonly string[]) {
    this.#header = header;
    this.#positions = positions;
    this.#dates = dates;
    this.#cells = cells;
  }

  has(column: ColumnName): boolean {
    return this.#positions.has(column);
  }

  /** A cell's text; empty where the file has no such column, and where the cell says that there is nothing. */
  text(column: ColumnName): string {
    const cell = this.written(column);
    return saysNothing(cell) ? '' : cell;
  }

  /** A cell's text as it stands there. The apostrophe that keeps a spreadsheet from running a cell is not part of it. */
  written(column: ColumnName): string {
    const position = this.#positions.get(column);
    const cell = position === undefined ? '' : bare(this.#cells[position] ?? '');
    return cell.startsWith("'") && '=+@-'.includes(cell.charAt(1) || ' ') ? cell.slice(1) : cell;
  }

  /** A date, as the file writes those of this column. @param latest as {@link dateOf} takes it */
  date(column: ColumnName, latest: string): string | undefined {
    const { orders, from1904 } = this.#dates;
    return dateOf(this.text(column), latest, { order: orders.get(this.header(column)), from1904 });
  }

  /** How the file calls a column; empty where it has none. */
  header(column: ColumnName): string {
    return this.#header[this.#positions.get(column) ?? -1] ?? '';
  }

  fault(pointer: string, code: FaultCode): undefined {
    this.faults.push({ pointer, code });
    return undefined;
  }

  /** What a cell means, or a fault. */
  word<Word>(column: ColumnName, read: (cell: string) => Word | undefined, pointer: string, code: FaultCode): Word | undefined {
    return read(this.text(column)) ?? this.fault(pointer, code);
  }

  /** As {@link word}, for what may be left out. */
  optional<Word>(column: ColumnName, read: (cell: string) => Word | undefined, pointer: string, code: FaultCode): Word | undefined {
    if (!this.has(column) || this.text(column) === '') return undefined;
    return this.word(column, read, pointer, code);
  }
}
