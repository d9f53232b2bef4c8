import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/index.ts';
import { allowed, amountOf, type Paying, requireSoon } from './rules.ts';

const dzd = (amount: string) => Money.of(amount, 'DZD');
const paying: Paying = {
  amountRule: { rule: 'fixed', amount: '15000' },
  bounds: { currency: 'DZD', least: dzd('10'), most: dzd('50000') },
};

describe('emergency cash', () => {
  it('is the amount of the greatest size that a household reaches', () => {
    const amounts = [
      { fromSize: 4, amount: '30' },
      { fromSize: 1, amount: '10' },
      { fromSize: 7, amount: '50' },
    ];
    const of = (size: number) => amountOf({}, size, { ...paying, amountRule: { rule: 'by_household_size', amounts } });
    expect([1, 3, 4, 6, 60].map(of)).toEqual(['10', '10', '30', '30', '50'].map((amount) => ({ amount })));
    expect(amountOf({}, 9, paying)).toEqual({ amount: '15000' });
  });

  it('is what is said of a person where the plan lets it, within what the programme pays at once', () => {
    const of = (amount: string, namedAmounts = true) => amountOf({ amount }, 1, { ...paying, namedAmounts });
    expect(of('20000.50')).toEqual({ amount: '20000.50' });
    expect(of('20000.50', false)).toEqual({ fault: 'amount_of_plan' });
    expect(of('9.99')).toEqual({ fault: 'below_least' });
    expect(of('50000.01')).toEqual({ fault: 'above_most' });
    for (const wrong of ['0', '-5', '10.001', 'x']) expect(of(wrong)).toEqual({ fault: 'amount' });
  });

  it('falls due from today to so many days on, over the end of a month, and not past the programme', () => {
    const soon =
      (day: string, within = 3, endsOn = '2028-12-31') =>
      () =>
        requireSoon(day, '2028-02-27', within, endsOn);
    for (const day of ['2028-02-27', '2028-03-01']) expect(soon(day)).not.toThrow();
    for (const day of ['2028-02-26', '2028-03-02']) expect(soon(day)).toThrow(/within days/);
    expect(soon('2028-02-27', 0)).not.toThrow();
    expect(soon('2028-02-29', 3, '2028-02-28')).toThrow(/within days/);
    expect(soon('2028-02-27', 3, '2028-02-26')).toThrow(/within days/);
  });

  it('is for who is in no other plan of the purpose, unless it is said why', () => {
    const standing = ['a', 'b', 'c'].map((beneficiaryId, index) => ({
      index,
      person: { beneficiaryId, householdId: 'h', householdSize: 1, isEnrolled: true },
    }));
    const named = { person: { registrationNumber: '1' } };
    const { able, refused } = allowed(
      standing,
      [named, named, { ...named, despite: 'Their house burnt down' }],
      new Set(['b', 'c']),
      paying,
    );
    expect(able.map(({ index }) => index)).toEqual([0, 2]);
    expect(refused).toMatchObject([{ index: 1, code: 'in_another_plan' }]);
  });
});
