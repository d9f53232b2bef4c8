/**
 * Whether so many duplicates are more than a programme accepts.
 * @param limit share between 0 and 1 as decimal text
 */
export const tooManyDuplicates = (duplicates: number, rows: number, limit: string): boolean => duplicates > Number(limit) * rows;
