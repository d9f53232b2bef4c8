import { Problem } from '../problems.ts';
import type { NumberedRow, OtherSheet } from './table.ts';

/** A sheet of a workbook beside the one that is read, with text in it. */
export interface SheetBeside {
  /** For people: its name, and how much it holds. */
  readonly called: string;
  readonly name: string;
  readonly isVisible: boolean;
  readonly rowCount: number;
  /** Whether these are all; of a large sheet the beginning alone is looked at. */
  readonly isWhole: boolean;
  /** Its first rows, as many as were asked for. */
  readonly beginning: readonly NumberedRow[];
}

/** Looks through the sheets that are not read, so that nothing lies in one unsaid. @param kept how many of their first rows */
export async function sheetsBeside(others: readonly OtherSheet[], kept = 0): Promise<SheetBeside[]> {
  const sheets: SheetBeside[] = [];
  for (const other of others) {
    const { isVisible, name } = other;
    const beginning: NumberedRow[] = [];
    let [rowCount, isWhole] = [0, true];
    try {
      for await (const record of other.rows()) {
        if (record.cells.every((cell) => cell.trim() === '')) continue;
        rowCount += 1;
        if (beginning.length < kept) beginning.push(record);
      }
    } catch (error) {
      // What cannot be read of a sheet that does not count keeps nobody from reading the one that does.
      if (!(error instanceof Problem) || error.status !== 422) throw error;
      isWhole = false;
    }
    const called = `The ${isVisible ? '' : 'hidden '}sheet "${name}" (${rowCount}${isWhole ? '' : ' or more'} ${rowCount === 1 && isWhole ? 'row' : 'rows'})`;
    if (rowCount > 0) sheets.push({ called, name, isVisible, rowCount, isWhole, beginning });
  }
  return sheets;
}
