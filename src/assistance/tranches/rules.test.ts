import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/index.ts';
import { isAmount } from '../amounts.ts';
import { drawsOf, earliestDay, faultsOfTranches, requireStep } from './rules.ts';
import type { NewTranche } from './types.ts';

const texts = (amounts: readonly Money[]) => amounts.map(String);
const dzd = (amount: string) => Money.of(amount, 'DZD');
const tranche = (part: object): NewTranche => ({ name: 'Return', conditions: [], ...part });

/** Shares that add up to one, in millionths. */
const wholeShares = fc
  .uniqueArray(fc.integer({ min: 1, max: 999_999 }), { minLength: 0, maxLength: 8 })
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 1_000_000])
  .map((cuts) => cuts.slice(1).map((cut, i) => ({ share: shareOf(cut - (cuts[i] ?? 0)) })));
const shareOf = (millionths: number) => (millionths === 1_000_000 ? '1' : `0.${String(millionths).padStart(6, '0')}`);
const minor = fc.bigInt({ min: 1n, max: 10n ** 13n });
const money = fc.constantFrom('DZD', 'TND', 'XOF').chain((currency) => {
  const digits = { DZD: 2, TND: 3, XOF: 0 }[currency] ?? 0;
  return minor.map((units) => {
    const text = String(units).padStart(digits + 1, '0');
    return Money.of(digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text, currency);
  });
});

describe('tranches of a ceiling', () => {
  it('are shares of it, halves to even, and the last takes what is left', () => {
    expect(texts(drawsOf(dzd('100000.00'), [{ share: '0.4' }, { share: '0.35' }, { share: '0.25' }]))).toEqual([
      '40000.00',
      '35000.00',
      '25000.00',
    ]);
    expect(texts(drawsOf(dzd('100.00'), [{ share: '0.333333' }, { share: '0.333333' }, { share: '0.333334' }]))).toEqual([
      '33.33',
      '33.33',
      '33.34',
    ]);
    expect(texts(drawsOf(dzd('0.05'), [{ share: '0.5' }, { share: '0.3' }]))).toEqual(['0.02', '0.02']);
  });

  it('are amounts as far as the ceiling goes', () => {
    expect(texts(drawsOf(dzd('100.00'), [{ amount: '60' }, { amount: '60' }, { amount: '60' }]))).toEqual(['60.00', '40.00', '0.00']);
    expect(texts(drawsOf(dzd('100.00'), [{ amount: '90' }, { share: '0.5' }]))).toEqual(['90.00', '10.00']);
  });

  it('add up to the ceiling when shares are all of it, whatever it is', () => {
    fc.assert(
      fc.property(money, wholeShares, (ceiling, shares) => {
        const draws = drawsOf(ceiling, shares);
        expect(Money.sum(draws, ceiling.currency).equals(ceiling)).toBe(true);
        expect(draws.some((draw) => draw.isNegative)).toBe(false);
      }),
    );
  });

  it('never pass the ceiling, however shares and amounts are mixed', () => {
    const part = fc.oneof(
      fc.integer({ min: 1, max: 1_000_000 }).map((n) => ({ share: shareOf(n) })),
      fc.bigInt({ min: 1n, max: 10n ** 13n }).map((n) => ({ amount: String(n) })),
    );
    fc.assert(
      fc.property(money, fc.array(part, { maxLength: 24 }), (ceiling, parts) => {
        const draws = drawsOf(ceiling, parts);
        expect(Money.sum(draws, ceiling.currency).compare(ceiling)).not.toBe(1);
        expect(draws.some((draw) => draw.isNegative)).toBe(false);
      }),
    );
  });
});

describe('the first day of a tranche', () => {
  it('is the day that the plan says, or so many days after somebody was entered', () => {
    expect(earliestDay({ earliestOn: '2026-05-01' }, '2026-06-01')).toBe('2026-05-01');
    expect(earliestDay({ earliestAfterDays: 90 }, '2027-12-01')).toBe('2028-02-29');
    expect(earliestDay({}, '2026-06-01')).toBe('2026-06-01');
  });
});

describe('what a plan says of tranches', () => {
  const programme = { currency: 'DZD', startsOn: '2026-01-01', endsOn: '2026-12-31' };

  it('names every fault', () => {
    const twice = { name: 'Receipt', evidenceAsked: 'The receipt' };
    const tranches = [
      tranche({ share: '0.6', earliestOn: '2027-01-01' }),
      tranche({ amount: '10.005', conditions: [twice, twice] }),
      tranche({ name: 'Second', share: '0.5', earliestOn: '2026-02-01', earliestAfterDays: 1 }),
      tranche({ name: 'Third', share: '0.0', amount: undefined }),
      tranche({ name: 'Fourth' }),
      tranche({ name: 'Fifth', share: '0.1', amount: '1' }),
    ];
    expect(faultsOfTranches({ tranches }, programme).map(({ pointer }) => pointer)).toEqual([
      '/tranches/0/earliestOn',
      '/tranches/1/name',
      '/tranches/1/amount',
      '/tranches/1/conditions/1/name',
      '/tranches/2/earliestAfterDays',
      '/tranches/3/share',
      '/tranches/4/share',
      '/tranches/5/share',
      '/tranches',
    ]);
    expect(faultsOfTranches({ tranches: [tranche({ share: '1' })] }, programme)).toEqual([]);
  });

  it('takes an amount that its currency has', () => {
    expect(['1', '0.01', '0.001', '0', '-1', 'x'].map((text) => isAmount(text, 'DZD'))).toEqual([true, true, false, false, false, false]);
  });
});

describe('the steps of a tranche', () => {
  it('are taken in their order', () => {
    for (const step of ['confirm', 'sign', 'refuse', 'put_back'] as const) requireStep('waiting', step);
    for (const state of ['drawn', 'refused'] as const) {
      requireStep(state, 'put_back');
      for (const step of ['confirm', 'sign', 'refuse'] as const) expect(() => requireStep(state, step)).toThrow(/Put it back first/);
    }
  });
});
