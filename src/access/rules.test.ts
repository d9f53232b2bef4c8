import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURES_COUNT_MS, faultsOf, pauseAfter, refusalOf } from './rules.ts';

const now = new Date('2026-03-01T09:00:00Z');
const later = new Date('2026-03-01T09:01:00Z');
const free = { disabledAt: null, pausedUntil: null };

const DAY_MS = 24 * 3_600_000;
/** How long a guesser may wait after each pause: not at all, a while, or until everything is forgotten. */
const hesitations = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.nat(3_600_000) },
    { weight: 1, arbitrary: fc.constant(DAY_MS + 1) },
  ),
  { minLength: 50, maxLength: 300 },
);

describe('the rules of access', () => {
  it('pauses from the fifth failure on, twice as long each time, up to an hour', () => {
    const minutes = [0, 4, 5, 6, 7, 10, 11, 12, 500].map((failures) => pauseAfter(failures) / 60_000);
    expect(minutes).toEqual([0, 0, 1, 2, 4, 32, 60, 60, 60]);
  });

  it('lets nobody guess more than ten times in any hour, nor forty times in a day', () => {
    fc.assert(
      fc.property(hesitations, (waits) => {
        const guesses: number[] = [];
        let [at, failures, pausedUntil] = [0, 0, 0];
        for (const hesitation of waits) {
          at = Math.max(at, pausedUntil) + hesitation;
          failures = at - (guesses.at(-1) ?? 0) > FAILURES_COUNT_MS ? 1 : failures + 1;
          guesses.push(at);
          pausedUntil = at + pauseAfter(failures);
        }
        const within = (start: number, span: number) => guesses.filter((guess) => guess >= start && guess < start + span).length;
        return guesses.every((start) => within(start, 3_600_000) <= 10 && within(start, DAY_MS) <= 40);
      }),
    );
  });

  it('lets in only who is neither disabled nor made to wait and has both factors', () => {
    expect(refusalOf(free, true, true, now)).toBeNull();
    expect(refusalOf({ ...free, pausedUntil: now }, true, true, now)).toBeNull();
    expect(refusalOf({ ...free, disabledAt: now }, true, true, now)).toBe('disabled');
    expect(refusalOf({ ...free, pausedUntil: later }, true, true, now)).toBe('paused');
    expect(refusalOf(free, false, true, now)).toBe('wrong password');
    expect(refusalOf(free, true, false, now)).toBe('wrong code');
  });

  it('grants no role without the place that it is for, and none that is over', () => {
    expect(faultsOf({ role: 'agent' }, now)).toMatchObject([{ pointer: '/officeId' }]);
    expect(faultsOf({ role: 'donor', endsAt: now.toISOString() }, now)).toMatchObject([{ pointer: '/fundId' }, { pointer: '/endsAt' }]);
    expect(faultsOf({ role: 'approver', endsAt: later.toISOString() }, now)).toEqual([]);
  });
});
