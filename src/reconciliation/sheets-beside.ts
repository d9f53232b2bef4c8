import { type NumberedRow, type OtherSheet, Problem } from '../platform/index.ts';
import { MOST_TITLES } from './table-words.ts';

/** A sheet of a workbook beside the one that is read, with text in it. */
export interface SheetBeside {
  /** For people: its name, and how much it holds. */
  readonly called: string;
  readonly isVisible: boolean;
  readonly rowCount: number;
  /** Its first rows, among which its header would be. */
  readonly beginning: readonly NumberedRow[];
}

/** Looks through the sheets that are not read, so that nothing lies in one unsaid. */
export async function sheetsBeside(others: readonly OtherSheet[]): Promise<SheetBeside[]> {
  const sheets: SheetBeside[] = [];
  for (const other of others) {
    const { isVisible, name } = other;
    const beginning: NumberedRow[] = [];
    let [rowCount, isWhole] = [0, true];
    try {
      for await (const record of other.rows()) {
        if (record.cells.every((cell) => cell.trim() === '')) continue;
        rowCount += 1;
        if (beginning.length <= MOST_TITLES) beginning.push(record);
      }
    } catch (error) {
      // What cannot be read of a sheet that does not count keeps nobody from reading the one that does.
      if (!(error instanceof Problem) || error.status !== 422) throw error;
      isWhole = false;
    }
    const called = `The ${isVisible ? '' : 'hidden '}sheet "${name}" (${rowCount}${isWhole ? '' : ' or more'} ${rowCount === 1 && isWhole ? 'row' : 'rows'})`;
    if (rowCount > 0) sheets.push({ called, isVisible, rowCount, beginning });
  }
  return sheets;
}
