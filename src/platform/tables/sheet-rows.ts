import type { NumberFormat } from './number-formats.ts';
import { numberText } from './number-text.ts';
import type { SharedStrings } from './shared-strings.ts';
import { LONGEST_CELL, MOST_COLUMNS, type NumberedRow, unreadable } from './table.ts';
import { say } from './words.ts';
import { type Attributes, readXml } from './xml.ts';
import { unescaped } from './xml-text.ts';

/** What the cells of a sheet point at. */
export interface CellContext {
  readonly strings: SharedStrings;
  readonly numberFormats: readonly NumberFormat[];
  readonly from1904: boolean;
}

/** The rows of a sheet as text, without those that have no cell with text. @throws unprocessable naming the cell */
export async function* sheetRows(bytes: AsyncIterable<Buffer>, context: CellContext): AsyncGenerator<NumberedRow, void> {
  const sheet = new SheetReader(context);
  for await (const _step of readXml(bytes, sheet)) yield* sheet.taken();
}

/** Goes through the XML of a sheet and keeps the rows that are whole. */
class SheetReader {
  readonly #context: CellContext;
  #rows: NumberedRow[] = [];
  #row: string[] = [];
  #numbers: number[] = [];
  #rowNumber = 0;
  #column = 0;
  #cell: Attributes = {};
  #value = '';
  #hasValue = false;
  #hasFormula = false;
  /** Whether the text that comes is the cell's: inside `v` or `t`, and not how it is pronounced. */
  #listening = false;
  #inReading = false;

  constructor(context: CellContext) {
    this.#context = context;
  }

  taken(): readonly NumberedRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  readonly open = (name: string, attributes: Attributes): void => {
    if (name === 'c') this.#openCell(attributes);
    else if (name === 'v' || (name === 't' && !this.#inReading)) {
      this.#hasValue = true;
      this.#listening = true;
    } else if (name === 'f') this.#hasFormula = true;
    else if (name === 'rPh') this.#inReading = true;
    else if (name === 'row') {
      this.#rowNumber = attributes['r'] === undefined ? this.#rowNumber + 1 : Number(attributes['r']);
      this.#row = [];
      this.#numbers = [];
      this.#column = -1;
    }
  };

  readonly text = (piece: string): void => {
    if (this.#listening) this.#value += piece;
  };

  readonly close = (name: string): void => {
    if (name === 'v' || name === 't') this.#listening = false;
    else if (name === 'c') this.#closeCell();
    else if (name === 'rPh') this.#inReading = false;
    else if (name === 'row' && this.#row.length > 0) this.#rows.push({ row: this.#rowNumber, cells: this.#row, numbers: this.#numbers });
  };

  #openCell(attributes: Attributes): void {
    this.#cell = attributes;
    this.#column = columnIn(attributes['r']) ?? this.#column + 1;
    this.#value = '';
    this.#hasValue = false;
    this.#hasFormula = false;
  }

  #closeCell(): void {
    if (this.#hasFormula && !this.#hasValue) {
      throw this.#fault('cell_not_worked_out');
    }
    const text = this.#hasValue ? this.#cellText() : '';
    if (text === '') return;
    if (this.#column >= MOST_COLUMNS)
      throw unreadable(say('cell_too_far_right', { cell: this.#name, most: MOST_COLUMNS }), this.#rowNumber);
    if (text.length > LONGEST_CELL) throw unreadable(say('cell_too_long', { cell: this.#name, most: LONGEST_CELL }), this.#rowNumber);
    if (text.includes('\0')) throw this.#fault('cell_without_text');
    while (this.#row.length < this.#column) this.#row.push('');
    this.#row[this.#column] = text;
    if ((this.#cell['t'] ?? 'n') === 'n') this.#numbers.push(this.#column);
  }

  #cellText(): string {
    const { t: type = 'n', s: style } = this.#cell;
    const value = this.#value;
    const { strings, numberFormats, from1904 } = this.#context;
    switch (type) {
      case 's':
        return strings.at(value.trim() === '' ? -1 : Number(value)) ?? this.#damaged();
      case 'str':
      case 'inlineStr':
        return unescaped(value);
      case 'b':
        return value.trim() === '1' ? 'TRUE' : 'FALSE';
      case 'e':
        // Not available is what a look-up says that found nothing; any other error shows, so that the row is seen to be wrong.
        return value.trim() === '#N/A' ? '' : value.trim();
      case 'd':
        return value.trim().replace(/T00:00:00(?:\.0+)?Z?$/, '');
      default:
        if (value.trim() === '') return '';
        return numberText(value, numberFormats[Number(style ?? 0)] ?? { kind: 'number' }, from1904) ?? this.#damaged();
    }
  }

  #damaged(): never {
    throw this.#fault('cell_damaged');
  }

  get #name(): string {
    return `${columnName(this.#column)}${this.#rowNumber}`;
  }

  #fault(code: 'cell_not_worked_out' | 'cell_without_text' | 'cell_damaged') {
    return unreadable(say(code, { cell: this.#name }), this.#rowNumber);
  }
}

/** The column that a reference such as `AB12` names, 0 for the first. */
function columnIn(reference: string | undefined): number | undefined {
  let column = 0;
  for (let i = 0; reference !== undefined && i < 4; i += 1) {
    const letter = reference.charCodeAt(i) - 64;
    if (!(letter >= 1 && letter <= 26)) break;
    column = column * 26 + letter;
  }
  return column === 0 ? undefined : column - 1;
}

const columnNames: string[] = [];

/** The letters of a column, 0 for the first. */
export function columnName(column: number): string {
  const rest = Math.floor(column / 26);
  columnNames[column] ??= `${rest > 0 ? columnName(rest - 1) : ''}${String.fromCharCode(65 + (column % 26))}`;
  return columnNames[column];
}
