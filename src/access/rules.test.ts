import { describe, expect, it } from 'vitest';
import { faultsOf, pauseAfter, refusalOf } from './rules.ts';

const now = new Date('2026-03-01T09:00:00Z');
const later = new Date('2026-03-01T09:01:00Z');
const free = { disabledAt: null, blockedUntil: null };

describe('the rules of access', () => {
  it('pauses from the fifth failure on, twice as long each time, up to an hour', () => {
    const minutes = [0, 4, 5, 6, 7, 10, 11, 12, 500].map((failures) => pauseAfter(failures) / 60_000);
    expect(minutes).toEqual([0, 0, 1, 2, 4, 32, 60, 60, 60]);
  });

  it('lets in only who is neither disabled nor blocked and has both factors', () => {
    expect(refusalOf(free, true, 1, now)).toBeNull();
    expect(refusalOf({ ...free, blockedUntil: now }, true, 1, now)).toBeNull();
    expect(refusalOf({ ...free, disabledAt: now }, true, 1, now)).toBe('disabled');
    expect(refusalOf({ ...free, blockedUntil: later }, true, 1, now)).toBe('blocked');
    expect(refusalOf(free, false, 1, now)).toBe('wrong password');
    expect(refusalOf(free, true, null, now)).toBe('wrong code');
  });

  it('grants no role without the place that it is for, and none that is over', () => {
    expect(faultsOf({ role: 'agent' }, now)).toMatchObject([{ pointer: '/officeId' }]);
    expect(faultsOf({ role: 'donor', endsAt: now.toISOString() }, now)).toMatchObject([{ pointer: '/fundId' }, { pointer: '/endsAt' }]);
    expect(faultsOf({ role: 'approver', endsAt: later.toISOString() }, now)).toEqual([]);
  });
});
