import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCurrency, Money, minorUnits } from './money.ts';

const dzd = (amount: string) => Money.of(amount, 'DZD');
/** Any amount of DZD, by its centimes. */
const centimes = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
function decimalText(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
const fromCentimes = (value: bigint): Money => dzd(decimalText(value));

describe('money', () => {
  it('adds where floating point would not', () => {
    expect(dzd('0.10').plus(dzd('0.20')).toString()).toBe('0.30');
    expect(dzd('9007199254740993.01').minus(dzd('0.02')).toString()).toBe('9007199254740992.99');
  });

  it('adds, subtracts and multiplies as whole centimes do, however large', () => {
    fc.assert(
      fc.property(centimes, centimes, fc.maxSafeInteger(), (a, b, count) => {
        expect(fromCentimes(a).plus(fromCentimes(b)).toString()).toBe(decimalText(a + b));
        expect(fromCentimes(a).minus(fromCentimes(b)).toString()).toBe(decimalText(a - b));
        expect(fromCentimes(a).times(count).toString()).toBe(decimalText(a * BigInt(count)));
        expect(fromCentimes(a).compare(fromCentimes(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('takes a part half-even to the minor unit, as whole numbers do', () => {
    expect(dzd('10000.00').portion(17, 31).toString()).toBe('5483.87');
    expect([dzd('0.05').portion(1, 2), dzd('0.15').portion(1, 2)].map(String)).toEqual(['0.02', '0.08']);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.nat(400), fc.integer({ min: 1, max: 400 }), (whole, n, d) => {
        const [floor, rest] = [(whole * BigInt(n)) / BigInt(d), (whole * BigInt(n)) % BigInt(d)];
        const up = 2n * rest > BigInt(d) || (2n * rest === BigInt(d) && floor % 2n === 1n);
        expect(fromCentimes(whole).portion(n, d).toString()).toBe(decimalText(floor + (up ? 1n : 0n)));
      }),
    );
    expect(() => dzd('1.00').portion(1, 0)).toThrow(RangeError);
  });

  it('keeps the digits of each currency (ISO 4217)', () => {
    expect(['DZD', 'TND', 'XOF'].map(minorUnits)).toEqual([2, 3, 0]);
    expect(Money.of('5', 'TND').toString()).toBe('5.000');
    expect(Money.of('5', 'XOF').toJSON()).toEqual({ amount: '5', currency: 'XOF' });
    expect(Money.of('1.500', 'DZD').toString()).toBe('1.50');
    expect(() => Money.of('1.5', 'XOF')).toThrow('XOF has 0 decimals');
    expect(() => dzd('1.505')).toThrow('DZD has 2 decimals');
    expect(isCurrency('DZD') && !isCurrency('XXQ')).toBe(true);
  });

  it('takes plain decimal text and nothing that a float would print', () => {
    for (const text of [
      '',
      '1e3',
      'NaN',
      'Infinity',
      '0x10',
      '1,5',
      '1.',
      '.5',
      '+1',
      ' 1',
      '1 ',
      '1\n',
      '١٢',
      '--1',
      '1.2.3',
      '9'.repeat(31),
    ]) {
      expect(() => dzd(text), text).toThrow(RangeError);
    }
    for (const count of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) expect(() => dzd('1').times(count)).toThrow(RangeError);
  });

  it('has no negative zero', () => {
    for (const zero of [dzd('-0'), dzd('-0.00'), Money.zero('DZD').negated(), dzd('-1').times(0)]) {
      expect(zero.toString()).toBe('0.00');
      expect(zero.isNegative).toBe(false);
      expect(zero.isZero).toBe(true);
    }
  });

  it('never mixes currencies', () => {
    const euro = Money.of('1', 'EUR');
    for (const mix of [
      () => dzd('1').plus(euro),
      () => dzd('1').minus(euro),
      () => dzd('1').compare(euro),
      () => Money.sum([euro], 'DZD'),
    ]) {
      expect(mix).toThrow('DZD and EUR do not add up');
    }
    expect(dzd('1').equals(euro)).toBe(false);
  });

  it('shares without dividing by zero', () => {
    expect(dzd('1').ratioTo(dzd('3'), 4)).toBe('0.3333');
    expect(dzd('1').ratioTo(dzd('0'), 4)).toBeNull();
    expect(Money.sum([], 'DZD').isZero).toBe(true);
  });

  it('splits in proportion, to the last centime and no part more than one off', () => {
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 14n }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), amounts, (total, weights) => {
        const whole = weights.reduce((sum, weight) => sum + weight, 0n);
        fc.pre(whole > 0n);
        const parts = fromCentimes(total).splitBy(weights.map(fromCentimes));
        expect(Money.sum(parts, 'DZD').equals(fromCentimes(total))).toBe(true);
        for (const [i, part] of parts.entries()) {
          const exact = total * (weights[i] ?? 0n);
          const off = BigInt(part.toString().replace('.', '')) * whole - exact;
          expect(off > -whole && off < whole).toBe(true);
        }
      }),
    );
    expect(
      dzd('0.10')
        .splitBy([dzd('1'), dzd('1'), dzd('1')])
        .map(String),
    ).toEqual(['0.04', '0.03', '0.03']);
    for (const weights of [[], [dzd('0')], [dzd('2'), dzd('-1')]]) expect(() => dzd('1').splitBy(weights)).toThrow(RangeError);
    expect(() => dzd('-1').splitBy([dzd('1')])).toThrow(RangeError);
  });
});
