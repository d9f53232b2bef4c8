import { describe, expect, it } from 'vitest';
import { allowed, amountFor, requireSoon } from './rules.ts';

describe('emergency cash', () => {
  it('is the amount of the greatest size that a household reaches', () => {
    const amounts = [
      { fromSize: 4, amount: '30' },
      { fromSize: 1, amount: '10' },
      { fromSize: 7, amount: '50' },
    ];
    expect([1, 3, 4, 6, 60].map((size) => amountFor({ rule: 'by_household_size', amounts }, size))).toEqual(['10', '10', '30', '30', '50']);
    expect(amountFor({ rule: 'fixed', amount: '15000' }, 9)).toBe('15000');
  });

  it('falls due from today to so many days on, over the end of a month', () => {
    for (const day of ['2028-02-27', '2028-03-01']) expect(() => requireSoon(day, '2028-02-27', 3)).not.toThrow();
    for (const day of ['2028-02-26', '2028-03-02']) expect(() => requireSoon(day, '2028-02-27', 3)).toThrow(/within days/);
    expect(() => requireSoon('2028-02-27', '2028-02-27', 0)).not.toThrow();
  });

  it('is for who is in no other plan of the purpose, unless it is said why', () => {
    const standing = ['a', 'b', 'c'].map((beneficiaryId, index) => ({
      index,
      person: { beneficiaryId, householdId: 'h', householdSize: 1, isEnrolled: true },
    }));
    const named = { person: { registrationNumber: '1' } };
    const { able, refused } = allowed(standing, [named, named, { ...named, despite: 'Their house burnt down' }], new Set(['b', 'c']));
    expect(able.map(({ index }) => index)).toEqual([0, 2]);
    expect(refused).toMatchObject([{ index: 1, code: 'in_another_plan' }]);
  });
});
