/** A handful of rows tells no share: a file of fewer rows may hold as many duplicates as one of so many. */
const FEWEST_TELLING_ROWS = 20;

/** Of a file that no dry run has looked through, so many rows are before anybody is entered: all of most files. */
export const LOOKED_AT_FIRST = 2_000;

/**
 * Of how many rows the duplicates of a run are a share: of all once all were looked at before it, and otherwise of those that it has compared.
 * @param isChecked whether a dry run has looked at them
 */
export const rowsTelling = (isChecked: boolean, totalRows: number, comparedRows: number): number =>
  isChecked || totalRows <= LOOKED_AT_FIRST ? totalRows : comparedRows;

/**
 * Whether so many duplicates are more than a programme accepts.
 * @param limit share between 0 and 1 as decimal text
 */
export const tooManyDuplicates = (duplicates: number, rows: number, limit: string): boolean =>
  duplicates > Number(limit) * Math.max(rows, FEWEST_TELLING_ROWS);
