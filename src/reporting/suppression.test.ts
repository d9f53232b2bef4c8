import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counts, type ShownCounts, suppress, THRESHOLD } from './suppression.ts';

const tableOf = (counts: readonly (readonly number[])[]): Counts => ({
  rows: counts.map((_, i) => `r${i}`),
  columns: (counts[0] ?? []).map((_, j) => `c${j}`),
  counts,
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Counts as programmes have them: many small, some none, some large. */
const count = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 2, arbitrary: fc.integer({ min: 13, max: 500 }) },
);
const table = (rows: fc.Arbitrary<number>, columns: fc.Arbitrary<number>) =>
  fc.tuple(rows, columns).chain(([r, c]) => fc.array(fc.array(count, { minLength: c, maxLength: c }), { minLength: r, maxLength: r }));
const upTo = (max: number) => fc.integer({ min: 1, max });

/** Everything that is published as one grid, the totals in the last row and column. */
const gridOf = ({ cells, rowTotals, columnTotals, total }: ShownCounts): (number | null)[][] => [
  ...cells.map((row, i) => [...row, rowTotals[i] ?? null]),
  [...columnTotals, total],
];

const truthOf = (counts: readonly (readonly number[])[]): number[][] => {
  const rows = counts.map((row) => [...row, sum(row)]);
  return [...rows, (rows[0] ?? []).map((_, j) => sum(rows.map((row) => row[j] ?? 0)))];
};

/** The equations a reader has: each line of the grid adds up to its last entry. Unknowns are hidden entries. */
function equationsOf(grid: (number | null)[][]): { unknowns: number; matrix: number[][] } {
  const width = grid[0]?.length ?? 0;
  const at = new Map<number, number>();
  grid.flat().forEach((value, i) => value === null && at.set(i, at.size));
  const lines = [
    ...grid.map((row, i) => row.map((_, j) => i * width + j)),
    ...Array.from({ length: width }, (_, j) => grid.map((_, i) => i * width + j)),
  ];
  const matrix = lines.map((line) => {
    const row = new Array<number>(at.size).fill(0);
    line.forEach((entry, k) => {
      const unknown = at.get(entry);
      if (unknown !== undefined) row[unknown] = k === line.length - 1 ? -1 : 1;
    });
    return row;
  });
  return { unknowns: at.size, matrix };
}

/** Unknowns that the equations fix to one number: those that stand alone in a row of the reduced echelon form. */
function determined({ unknowns, matrix }: { unknowns: number; matrix: number[][] }): number {
  const rows = matrix.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < unknowns; column += 1) {
    const pivot = rows.findIndex((row, i) => i >= rank && Math.abs(row[column] ?? 0) > 1e-9);
    if (pivot < 0) continue;
    [rows[rank], rows[pivot]] = [rows[pivot] ?? [], rows[rank] ?? []];
    const chosen = rows[rank] ?? [];
    const scale = chosen[column] ?? 1;
    chosen.forEach((value, k) => {
      chosen[k] = value / scale;
    });
    rows.forEach((row, i) => {
      const factor = row[column] ?? 0;
      if (i !== rank && factor !== 0)
        row.forEach((value, k) => {
          row[k] = value - factor * (chosen[k] ?? 0);
        });
    });
    rank += 1;
  }
  return rows.filter((row) => row.filter((value) => Math.abs(value) > 1e-9).length === 1).length;
}

describe('suppression', () => {
  it('shows no count under ten and changes none that it shows', () => {
    fc.assert(
      fc.property(table(upTo(4), upTo(6)), fc.boolean(), (counts, hideTotal) => {
        const truth = truthOf(counts).flat();
        gridOf(suppress(tableOf(counts), hideTotal))
          .flat()
          .forEach((shown, i) => {
            if (shown === null) return expect(truth[i]).toBeGreaterThan(0);
            expect(shown).toBe(truth[i]);
            return expect(shown === 0 || shown >= THRESHOLD).toBe(true);
          });
      }),
      { numRuns: 500 },
    );
  });

  it('leaves no line with one hidden count, and no hidden count that the totals fix', () => {
    fc.assert(
      fc.property(table(upTo(4), upTo(6)), fc.boolean(), (counts, hideTotal) => {
        const equations = equationsOf(gridOf(suppress(tableOf(counts), hideTotal)));
        for (const line of equations.matrix) expect(line.filter((factor) => factor !== 0)).not.toHaveLength(1);
        expect(determined(equations)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves a reader who knows that hidden counts are above zero more than one number for each', () => {
    fc.assert(
      fc.property(table(upTo(3), upTo(3)), (counts) => {
        const shown = suppress(tableOf(counts));
        const grid = gridOf(shown);
        const width = (counts[0] ?? []).length;
        const seen = grid.flat().map(() => new Set<number>());
        const flat = shown.cells.flat();
        const fill = (values: number[]): void => {
          if (values.length < flat.length) {
            // Whole tables that fit lie next to each other (the totals make a network): one up or down shows all that can move.
            const truth = counts.flat()[values.length] ?? 0;
            const tries = flat[values.length] === null ? [truth - 1, truth, truth + 1] : [truth];
            for (const value of tries) fill([...values, value]);
            return;
          }
          const rows = counts.map((_, i) => values.slice(i * width, (i + 1) * width));
          const candidate = truthOf(rows).flat();
          const fits = grid.flat().every((value, i) => (value === null ? (candidate[i] ?? 0) > 0 : value === candidate[i]));
          if (fits) candidate.forEach((value, i) => seen[i]?.add(value));
        };
        fill([]);
        grid.flat().forEach((value, i) => value === null && expect(seen[i]?.size).toBeGreaterThan(1));
      }),
      { numRuns: 60 },
    );
  });

  it('hides nothing without need', () => {
    expect(
      suppress(
        tableOf([
          [10, 20, 0],
          [30, 0, 400],
        ]),
      ),
    ).toEqual({
      cells: [
        [10, 20, 0],
        [30, 0, 400],
      ],
      rowTotals: [30, 430],
      columnTotals: [40, 20, 400],
      total: 460,
    });
    // One small count takes the smallest rectangle with it that lets it pass for ten.
    expect(
      suppress(
        tableOf([
          [3, 50, 90],
          [12, 40, 80],
          [70, 60, 95],
        ]),
      ),
    ).toEqual({
      cells: [
        [null, null, 90],
        [null, null, 80],
        [70, 60, 95],
      ],
      rowTotals: [143, 132, 225],
      columnTotals: [85, 150, 265],
      total: 500,
    });
    expect(suppress(tableOf([[5, 30, 200]])).cells).toEqual([[null, null, 200]]);
    expect(suppress(tableOf([[5]]))).toEqual({ cells: [[null]], rowTotals: [null], columnTotals: [null], total: null });
    expect(suppress(tableOf([[]])).total).toBe(0);
  });
});
