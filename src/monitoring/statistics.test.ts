import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, effectiveSize, median, sampleSize, wilson } from './statistics.ts';

describe('how many people are asked', () => {
  // G. D. Israel, Determining Sample Size (University of Florida, PEOD-6, 1992): Cochran, 95 %, 5 %, and the same for 2,000 people.
  it('follows the published examples', () => {
    expect(sampleSize('0.95', 0.05, Number.POSITIVE_INFINITY)).toBe(385);
    expect(sampleSize('0.95', 0.05, 2_000)).toBe(323);
    // Krejcie and Morgan, Determining Sample Size for Research Activities (1970), table 1.
    expect([100, 1_000, 10_000].map((people) => sampleSize('0.95', 0.05, people))).toEqual([80, 278, 370]);
  });

  it('is never more than there are, grows with the confidence, and shrinks with the margin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.integer({ min: 1, max: 19 }), (people, percent) => {
        const [margin, wider] = [percent / 100, (percent + 1) / 100];
        const size = sampleSize('0.95', margin, people);
        expect(size).toBeGreaterThan(0);
        expect(size).toBeLessThanOrEqual(people);
        expect(sampleSize('0.99', margin, people)).toBeGreaterThanOrEqual(size);
        expect(sampleSize('0.95', wider, people)).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('is shared out by size, with no stratum under its least and none over what it has', () => {
    expect(allocate(100, [500, 300, 200], 1)).toEqual([50, 30, 20]);
    expect(allocate(10, [98, 1, 1], 5)).toEqual([10, 1, 1]);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 58 }),
        fc.integer({ min: 1, max: 50 }),
        (sizes, least) => {
          const people = sizes.reduce((sum, size) => sum + size, 0);
          const total = sampleSize('0.95', 0.05, people);
          const shares = allocate(total, sizes, least);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThanOrEqual(total);
          shares.forEach((share, i) => {
            const size = sizes[i] ?? 0;
            expect(share).toBeGreaterThanOrEqual(Math.min(least, size));
            expect(share).toBeLessThanOrEqual(size);
            expect(share).toBeGreaterThanOrEqual(Math.floor((total * size) / people));
          });
        },
      ),
    );
  });
});

describe('the interval of a share', () => {
  // R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is as published', (found, n, low, high) => {
    const interval = wilson(found / n, n, '0.95');
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds the share, lies between 0 and 1, and is narrower with more answers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const share = Math.round(part * n) / n;
        const [few, many] = [wilson(share, n, '0.95'), wilson(share, 4 * n, '0.95')];
        expect(few.low).toBeLessThanOrEqual(share + 1e-9);
        expect(few.high).toBeGreaterThanOrEqual(share - 1e-9);
        expect(few.low).toBeGreaterThanOrEqual(0);
        expect(few.high).toBeLessThanOrEqual(1);
        expect(many.high - many.low).toBeLessThan(few.high - few.low);
      }),
    );
  });

  it('counts weighted answers for what they are worth', () => {
    expect(effectiveSize([1, 1, 1, 1])).toBe(4);
    expect(effectiveSize([3, 1])).toBeCloseTo(1.6, 10);
    const equal = (figures: number[]) => figures.map((figure) => ({ figure, weight: 1 / 3 }));
    expect(median(equal([4, 1, 3]))).toBe(3);
    expect(median(equal([1, 2, 3, 10]))).toBe(2.5);
    expect(median(equal([7]))).toBe(7);
  });

  it('finds the middle of people as if each of them had been asked', () => {
    const strata = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 7 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(strata, fc.constantFrom(1, 1 / 3, 45), (given, grain) => {
        const everybody = given.flatMap(([figure, people]) => Array.from({ length: people }, () => figure)).sort((a, b) => a - b);
        const [lower = 0, upper = 0] = [everybody[Math.ceil(everybody.length / 2) - 1], everybody[Math.floor(everybody.length / 2)]];
        expect(median(given.map(([figure, people]) => ({ figure, weight: people * grain })))).toBe((lower + upper) / 2);
      }),
    );
  });
});
