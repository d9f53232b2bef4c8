import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Money } from '../platform/index.ts';
import { fromMinor, toMinor } from './minor-units.ts';

it('counts an amount in minor units and back, in every currency', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.constantFrom('DZD', 'TND', 'XOF'), (units, currency) => {
      const amount = fromMinor(units, currency);
      expect(toMinor(amount.toString(), currency)).toBe(units);
      expect(Money.of(amount.toString(), currency).equals(amount)).toBe(true);
    }),
  );
});

it('reads what PostgreSQL writes, and refuses what is finer than the currency', () => {
  expect(['15000', '15000.5', '15000.5000', '-0.01'].map((text) => toMinor(text, 'DZD'))).toEqual([
    1_500_000n,
    1_500_050n,
    1_500_050n,
    -1n,
  ]);
  for (const [text, currency] of [
    ['0.001', 'DZD'],
    ['0.5', 'XOF'],
    ['1e3', 'DZD'],
    ['', 'DZD'],
  ] as const)
    expect(() => toMinor(text, currency), text).toThrow(RangeError);
});
