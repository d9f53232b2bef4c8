import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { circuitAfter, pauseBefore, verdictOn } from './rules.ts';

describe('an attempt', () => {
  it('without an answer is repeated, five times in all', () => {
    const unknown = [1, 2, 3, 4, 5].map((attempts) => verdictOn({ outcome: 'unknown' }, attempts).state);
    expect(unknown).toEqual(['pending', 'pending', 'pending', 'pending', 'failed']);
    expect(verdictOn({ outcome: 'later' }, 1)).toMatchObject({ state: 'pending', reason: 'refused_for_now', attempted: true });
    expect(verdictOn({ outcome: 'refused' }, 1)).toMatchObject({ state: 'failed', reason: 'refused' });
    expect(verdictOn({ outcome: 'accepted', reference: 'r' }, 5)).toMatchObject({ state: 'accepted', reason: null, reference: 'r' });
  });

  it('that was surely not taken does not count', () => {
    expect(verdictOn({ outcome: 'unreached' }, 99)).toMatchObject({ state: 'pending', reason: 'unreachable', attempted: false });
    expect(verdictOn({ outcome: 'down' }, 99)).toMatchObject({ state: 'pending', reason: 'turned_away', attempted: false });
  });

  it('with a sender that is refused is the last', () => {
    expect(verdictOn({ outcome: 'sender_refused' }, 1)).toMatchObject({ state: 'failed', reason: 'sender_refused', attempted: true });
  });

  it('is followed by a longer pause than the one before, of a quarter of an hour at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, one, other) => {
          expect(pauseBefore(n, one)).toBeLessThanOrEqual(15 * 60_000 * 1.25);
          if (n < 4) expect(pauseBefore(n + 1, one)).toBeGreaterThan(pauseBefore(n, other));
        },
      ),
    );
  });
});

describe('the way to a gateway', () => {
  it('closes after five failures in a row, for twice as long each time, and opens with one answer', () => {
    expect(circuitAfter(0, { answered: 0, nothing: 4 })).toEqual({ failures: 4, closedMs: null });
    expect(circuitAfter(4, { answered: 0, nothing: 100 })).toEqual({ failures: 5, closedMs: 30_000 });
    expect(circuitAfter(5, { answered: 0, nothing: 1 })).toEqual({ failures: 6, closedMs: 60_000 });
    expect(circuitAfter(60, { answered: 0, nothing: 1 }).closedMs).toBe(600_000);
    expect(circuitAfter(60, { answered: 1, nothing: 3 })).toEqual({ failures: 0, closedMs: null });
  });
});
