import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/index.ts';
import { faultsOfTopUp, refusalOf, requireDays, topUpOf } from './rules.ts';

const dzd = (amount: string) => Money.of(amount, 'DZD');
const terms = { reason: 'winter', percentage: '10', dueOn: '2026-03-01' };

describe('a top-up', () => {
  it('is an amount, or a percentage with halves to even', () => {
    expect(String(topUpOf(dzd('15000.00'), { amount: '2000' }))).toBe('2000.00');
    expect(String(topUpOf(dzd('15000.00'), { percentage: '12.5' }))).toBe('1875.00');
    expect(String(topUpOf(dzd('0.05'), { percentage: '50' }))).toBe('0.02');
    expect(String(topUpOf(dzd('0.15'), { percentage: '50' }))).toBe('0.08');
    expect(String(topUpOf(Money.of('1', 'XOF'), { percentage: '49.9999' }))).toBe('0');
  });

  it('is never further from its percentage than half of the smallest coin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 1, max: 10_000_000 }), (units, tenThousandths) => {
        const percentage = `${Math.floor(tenThousandths / 10_000)}.${String(tenThousandths % 10_000).padStart(4, '0')}`;
        const topUp = topUpOf(Money.of(String(units), 'XOF'), { percentage });
        const off = BigInt(topUp.toString()) * 1_000_000n - BigInt(units) * BigInt(tenThousandths);
        expect((off < 0n ? -off : off) <= 500_000n).toBe(true);
      }),
    );
  });

  it('says what is wrong with its terms', () => {
    const programme = { currency: 'DZD', kinds: [], startsOn: '2026-01-01', endsOn: '2026-12-31' };
    const pointers = (given: object) => faultsOfTopUp({ ...terms, ...given }, programme).map(({ pointer }) => pointer);
    expect(pointers({})).toEqual([]);
    expect(pointers({ amount: '1', dueOn: '2027-01-01' })).toEqual(['/topUp/amount', '/topUp/dueOn']);
    expect(pointers({ percentage: undefined })).toEqual(['/topUp/amount']);
    expect(pointers({ percentage: undefined, amount: '0.001' })).toEqual(['/topUp/amount']);
    expect(pointers({ percentage: '0.0' })).toEqual(['/topUp/percentage']);
    expect(() => requireDays({ from: '2026-02-01', to: '2026-01-31' })).toThrow(/end before/);
  });

  it('adds to what is somebody’s own, released, no top-up itself, and not topped up for the same reason', () => {
    const source = { instalmentId: 'i', isTheirs: true, isTopUp: false, isReleased: true, isToppedUp: false, amount: dzd('100') };
    const why = (change: object | null, wasNamed = true) =>
      refusalOf(4, change === null ? undefined : { ...source, ...change }, wasNamed, terms, bounds)?.code;
    const bounds = { currency: 'DZD', least: dzd('0.10'), most: dzd('20') };
    expect(why({})).toBeUndefined();
    expect(why(null)).toBe('not_found');
    expect(why(null, false)).toBe('no_source');
    expect(why({ isTheirs: false, isTopUp: true })).toBe('not_theirs');
    expect(why({ isTopUp: true, isReleased: false })).toBe('is_top_up');
    expect(why({ isReleased: false })).toBe('not_released');
    expect(why({ isToppedUp: true })).toBe('topped_up_already');
    expect(why({ amount: dzd('0.01') })).toBe('comes_to_nothing');
    expect(why({ amount: dzd('0.90') })).toBe('below_least');
    expect(why({ amount: dzd('200.06') })).toBe('above_most');
    expect(why({ amount: dzd('200.04') })).toBeUndefined();
  });
});
