import { describe, expect, it } from 'vitest';
import { verdictOn } from './rules.ts';

describe('an attempt', () => {
  it('without an answer is repeated, five times in all', () => {
    expect([1, 2, 3, 4, 5].map((attempts) => verdictOn(undefined, attempts).state)).toEqual([
      'pending',
      'pending',
      'pending',
      'pending',
      'failed',
    ]);
    expect(verdictOn({ accepted: false, permanent: true, reason: 'refused' }, 1)).toEqual({
      state: 'failed',
      reason: 'refused',
      reference: null,
    });
    expect(verdictOn({ accepted: false, permanent: false, reason: 'refused_for_now' }, 1).state).toBe('pending');
    expect(verdictOn({ accepted: true, reference: 'r' }, 5)).toEqual({ state: 'accepted', reason: null, reference: 'r' });
  });
});
