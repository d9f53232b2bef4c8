import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money, mod97Digits } from '../platform/index.ts';
import { readReturn, restOf, serialFaults } from './rules.ts';

const centimes = fc.bigInt({ min: 0n, max: 10n ** 12n });
const dzd = (value: bigint): Money => Money.of(`${value / 100n}.${String(value % 100n).padStart(2, '0')}`, 'DZD');
const serialOf = (n: number): string => {
  const digits = String(n).padStart(12, '0');
  return digits + mod97Digits(digits);
};

describe('what is left of an advance', () => {
  it('is what was drawn less what went out, to the centime, and never below zero', () => {
    fc.assert(
      fc.property(centimes, centimes, centimes, centimes, (rest, delivered, returned, lost) => {
        const drawn = dzd(rest + delivered + returned + lost);
        expect(restOf(drawn, dzd(delivered), dzd(returned), dzd(lost)).equals(dzd(rest))).toBe(true);
        expect(() => restOf(drawn, dzd(delivered + rest + 1n), dzd(returned), dzd(lost))).toThrow(RangeError);
      }),
    );
  });
});

describe('a round', () => {
  it('names each fault where it is: every serial that is mistyped, twice there or not to be carried', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 12 }), fc.array(fc.nat(20)), (wanted, known) => {
        const found = new Map(known.map((n) => [serialOf(n), { id: '', serial: serialOf(n), amount: '1.00' }]));
        const faults = serialFaults(wanted.map(serialOf), found);
        const expected = wanted.flatMap((n, i) => (wanted.indexOf(n) < i || !known.includes(n) ? [`/serials/${i}`] : []));
        expect(faults.map(({ pointer }) => pointer)).toEqual(expected);
      }),
    );
    expect(serialFaults(['12345678901234'], new Map())).toEqual([
      { pointer: '/serials/0', detail: expect.objectContaining({ code: 'serial_mistyped' }) },
    ]);
  });
});

describe('cash that comes back', () => {
  it('is above zero, in the currency of the advance', () => {
    expect(readReturn({ amount: '0.01', currency: 'DZD' }, 'DZD')).toBeInstanceOf(Money);
    for (const [amount, currency] of [
      ['0.00', 'DZD'],
      ['-1.00', 'DZD'],
      ['0.001', 'DZD'],
      ['1.00', 'EUR'],
    ] as const)
      expect(readReturn({ amount, currency }, 'DZD')).toMatchObject({ pointer: expect.stringMatching(/^\/amount\//) });
  });
});
