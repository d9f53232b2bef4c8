import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/index.ts';
import { fromMinor, toMinor } from '../minor-units.ts';
import { bookedValueOf, valueAt } from './rules.ts';

const worth = (amount: string, from: string, rate: string, to: string) => valueAt(Money.of(amount, from), rate, to).toString();

describe('money at a rate', () => {
  it('comes to the nearest minor unit of either currency', () => {
    expect(worth('1000.00', 'EUR', '145.1234', 'DZD')).toBe('145123.40');
    expect(worth('1', 'XOF', '0.2213', 'DZD')).toBe('0.22');
    expect(worth('1.500', 'TND', '195.75', 'XOF')).toBe('294');
    expect(worth('0.01', 'EUR', '0.1', 'DZD')).toBe('0.00');
  });

  it('gives a half to the even unit', () => {
    expect(['0.01', '0.03', '0.05'].map((amount) => worth(amount, 'EUR', '0.5', 'DZD'))).toEqual(['0.00', '0.02', '0.02']);
  });
});

const cents = fc.bigInt({ min: 1n, max: 10n ** 12n });

it('takes foreign cash out of the books part by part until nothing is left of it', () => {
  fc.assert(
    fc.property(cents, cents, fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 8 }), (amount, worthThen, parts) => {
      let [held, value] = [amount, worthThen];
      const take = (part: bigint) => {
        const booked = bookedValueOf(fromMinor(part, 'EUR'), { held: fromMinor(held, 'EUR'), value: fromMinor(value, 'DZD') });
        held -= part;
        value -= toMinor(booked.toString(), 'DZD');
        expect(value).toBeGreaterThanOrEqual(0n);
      };
      for (const percent of parts) {
        const part = (held * BigInt(percent)) / 100n;
        if (part > 0n && part < held) take(part);
      }
      take(held);
      expect(value).toBe(0n);
    }),
  );
});
