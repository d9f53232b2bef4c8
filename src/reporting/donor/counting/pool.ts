/** Counts under this many people are never told. */
export const THRESHOLD = 10;

/** Whether a count, or what a table adds to one, may be told by itself. */
export const isTellable = (count: number): boolean => count === 0 || count >= THRESHOLD;

/** A cell of a table: how many people, and what else is counted in it. */
export type Measures = readonly number[];

/**
 * Which cells of a row may be shown beside the row's sum, so that the rest keeps its secret.
 *
 * A cell is hidden when anything counted in it is under ten. The hidden ones together are what the sum gives back; everybody knows besides
 * that none of them is empty, since empty cells are shown. So of `h` hidden cells together at least `9 + h` must be left: then any of them
 * may be ten. Until that is so the smallest shown cell joins them. When even all of them are too few nothing is shown, empty cells
 * neither. That all are hidden tells that at least `sum - 8` cells are not empty; where that is all there are (`sum = cells + 8`) it would
 * tell of each that it is between one and nine, so then nothing is ever shown.
 * @param cells the same measures in each; people first
 * @param isKept whether a cell is hidden for another reason
 * @returns whether each may be shown
 */
export function shownBesideSum(cells: readonly Measures[], isKept: (i: number) => boolean = () => false): boolean[] {
  const measures = (cells[0] ?? []).map((_, m) => m);
  const sumOf = (m: number, of: (i: number) => boolean): number => cells.reduce((sum, cell, i) => (of(i) ? sum + (cell[m] ?? 0) : sum), 0);
  const hidden = new Set(cells.flatMap((cell, i) => (cell.every(isTellable) && !isKept(i) ? [] : [i])));
  const isEnough = (m: number): boolean => {
    const left = sumOf(m, (i) => hidden.has(i));
    return left === 0 || left >= THRESHOLD - 1 + hidden.size;
  };
  const bySize = cells
    .map((cell, i) => ({ i, cell }))
    .filter(({ cell }) => cell.some((count) => count !== 0))
    .sort((a, b) => compare(a.cell, b.cell));
  while (hidden.size > 0 && !measures.every(isEnough)) {
    const next = bySize.find(({ i }) => !hidden.has(i));
    if (!next) return cells.map(() => false);
    hidden.add(next.i);
  }
  if (cells.length > 1 && measures.some((m) => sumOf(m, () => true) === cells.length + THRESHOLD - 2)) return cells.map(() => false);
  return cells.map((_, i) => !hidden.has(i));
}

function compare(a: Measures, b: Measures): number {
  const at = a.findIndex((count, i) => count !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
