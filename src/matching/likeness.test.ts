import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edits, likeness } from './likeness.ts';

const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', 'م'), maxLength: 8 });

describe('likeness of words', () => {
  it.each([
    ['martha', 'marhta', 1, 0.961],
    ['dwayne', 'duane', 2, 0.84],
    ['dixon', 'dicksonx', 4, 0.813],
    ['traore', 'traoure', 1, 0.971],
    ['abc', 'xyz', 3, 0],
    ['', 'ab', 2, 0],
  ])('%s and %s', (one, other, distance, score) => {
    expect(edits(one, other, 9)).toBe(distance);
    expect(likeness(one, other)).toBeCloseTo(score, 2);
  });

  it('stops counting where it was told to', () => {
    expect(edits('abcdef', 'uvwxyz', 2)).toBe(3);
    expect(edits('a', 'abcdef', 2)).toBe(3);
  });

  it('is the same both ways, nothing for the same word, and at most one more for one more letter', () => {
    fc.assert(
      fc.property(words, words, (one, other) => {
        expect(edits(one, other, 20)).toBe(edits(other, one, 20));
        expect(likeness(one, other)).toBeCloseTo(likeness(other, one), 9);
        expect(edits(one, one, 20)).toBe(0);
        expect(edits(one, `${other}x`, 20)).toBeLessThanOrEqual(edits(one, other, 20) + 1);
      }),
    );
  });
});
