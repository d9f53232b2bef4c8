// What a spreadsheet takes for the beginning of a formula, also written wide as East Asian keyboards do. Apostrophes before it count, so
// that taking one away always undoes putting one on.
const formula = /^'*[=+\-@\t\r＝＋－＠]/;
const guarded = /^'+[=+\-@\t\r＝＋－＠]/;

/** Keeps a spreadsheet from running a cell of CSV, by an apostrophe. */
export const guardedCell = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell);

/** Takes that apostrophe away. */
export const unguarded = (cell: string): string => (guarded.test(cell) ? cell.slice(1) : cell);
