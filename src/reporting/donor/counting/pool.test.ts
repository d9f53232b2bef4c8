import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bounds } from '../../../../test/support/linear.ts';
import { isTellable, shownBesideSum } from './pool.ts';

const count = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 2, arbitrary: fc.integer({ min: 13, max: 500 }) },
);
const row = (measures: number) => fc.array(fc.array(count, { minLength: measures, maxLength: measures }), { minLength: 1, maxLength: 12 });
const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0);

describe('a row beside its sum', () => {
  it('shows nothing under ten, and leaves every hidden cell room to be ten, or none', () => {
    fc.assert(
      fc.property(row(2), (cells) => {
        // Nothing is told beside a sum that is not.
        fc.pre([0, 1].every((m) => isTellable(sum(cells.map((cell) => cell[m] ?? 0)))));
        const shown = shownBesideSum(cells);
        const hidden = cells.flatMap((_, i) => (shown[i] ? [] : [i]));
        cells.forEach((cell, i) => shown[i] && expect(cell.every(isTellable)).toBe(true));
        // One measure at a time; beside cells that are shown, a hidden one is not empty of people and pay-outs.
        for (const m of [0, 1]) {
          const left = sum(hidden.map((i) => cells[i]?.[m] ?? 0));
          if (left === 0) continue;
          const isAnythingShown = hidden.length < cells.length;
          const bounds = new Bounds({
            unknowns: hidden.length,
            equations: [
              { factors: new Map(hidden.map((_, i) => [i, 1])), sum: left },
              ...(isAnythingShown ? hidden.map((_, i) => ({ factors: new Map([[i, 1]]), sum: 1, atLeast: true as const })) : []),
            ],
          });
          hidden.forEach((_, i) => {
            expect(bounds.of([i]).most).toBeGreaterThanOrEqual(10);
          });
        }
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    { name: 'all of it when nothing is small', cells: [10, 0, 400], shown: [true, true, true] },
    { name: 'all but the small and enough others', cells: [3, 12, 40, 90], shown: [false, false, true, true] },
    { name: 'empty cells beside hidden ones', cells: [3, 0, 12, 40], shown: [false, true, false, true] },
    { name: 'nothing when all of it is too little', cells: [5, 5, 0], shown: [false, false, false] },
    { name: 'nothing of two that come to ten, whatever they are', cells: [10, 0], shown: [false, false] },
    { name: 'eleven as ten and one by neither', cells: [10, 1], shown: [false, false] },
  ])('shows $name', ({ cells, shown }) => {
    expect(shownBesideSum(cells.map((people) => [people]))).toEqual(shown);
  });

  it('hides people where pay-outs are few, and pay-outs where people are', () => {
    const shown = shownBesideSum([
      [50, 50],
      [0, 4],
      [20, 21],
    ]);
    expect(shown).toEqual([true, false, false]);
  });
});
