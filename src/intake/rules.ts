/** A handful of rows tells no share: a file of fewer rows may hold as many duplicates as one of so many. */
const FEWEST_TELLING_ROWS = 20;

/**
 * Whether so many duplicates are more than a programme accepts.
 * @param limit share between 0 and 1 as decimal text
 */
export const tooManyDuplicates = (duplicates: number, rows: number, limit: string): boolean =>
  duplicates > Number(limit) * Math.max(rows, FEWEST_TELLING_ROWS);
