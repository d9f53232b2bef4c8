import type { Fault, FaultCode } from '../beneficiaries/index.ts';
import type { ColumnName } from './columns.ts';
import type { Layout } from './mapping.ts';

/** Reads the cells of one row by column, and collects what is wrong with them. */
export class RowReader {
  readonly faults: Fault[] = [];
  readonly #positions: ReadonlyMap<ColumnName, number>;
  readonly #cells: readonly string[];

  constructor({ positions }: Layout, cells: readonly string[]) {
    this.#positions = positions;
    this.#cells = cells;
  }

  has(column: ColumnName): boolean {
    return this.#positions.has(column);
  }

  /** A cell's text; empty where the file has no such column. The apostrophe that keeps a spreadsheet from running a cell is not part of it. */
  text(column: ColumnName): string {
    const position = this.#positions.get(column);
    const cell = position === undefined ? '' : (this.#cells[position] ?? '').trim();
    return cell.startsWith("'") && '=+@-'.includes(cell.charAt(1) || ' ') ? cell.slice(1) : cell;
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
