import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dammDigit, hasDammDigit, hasMod97Digits, mod97Digits } from './check-digits.ts';

const digits = fc.stringMatching(/^\d{1,20}$/);
const reference = fc.stringMatching(/^[0-9A-Z]{1,20}$/);
const at = <T>(text: string, change: (i: number) => T[]): T[] => [...text].flatMap((_, i) => change(i));
const replaced = (text: string, i: number, letter: string) => text.slice(0, i) + letter + text.slice(i + 1);
const swapped = (text: string, i: number) => text.slice(0, i) + text.slice(i + 1, i + 2) + text.slice(i, i + 1) + text.slice(i + 2);

describe('Damm', () => {
  it("gives the example of Damm's thesis: 572 → 4", () => {
    expect(dammDigit('572')).toBe('4');
    expect(hasDammDigit('5724')).toBe(true);
  });

  it('catches every single wrong digit and every swap of neighbours', () => {
    fc.assert(
      fc.property(digits, (text) => {
        const whole = text + dammDigit(text);
        expect(hasDammDigit(whole)).toBe(true);
        const wrong = at(whole, (i) => [...'0123456789'].map((digit) => replaced(whole, i, digit)));
        const swaps = at(whole, (i) => [swapped(whole, i)]);
        for (const other of [...wrong, ...swaps]) if (other !== whole) expect(hasDammDigit(other), other).toBe(false);
      }),
    );
  });

  it('is for ASCII digits alone', () => {
    for (const text of ['', '12a', '١٢', ' 1', '-1']) expect(() => dammDigit(text)).toThrow(RangeError);
    for (const text of ['', '0', 'x4', '5724\n']) expect(hasDammDigit(text)).toBe(false);
  });
});

describe('ISO 7064 MOD 97-10', () => {
  it("gives the standard's example: 794 → 44", () => {
    expect(mod97Digits('794')).toBe('44');
    expect(hasMod97Digits('79444')).toBe(true);
  });

  it('agrees with the published IBAN example GB82 WEST 1234 5698 7654 32 (ISO 13616)', () => {
    expect(mod97Digits('WEST12345698765432GB')).toBe('82');
  });

  it('catches every single wrong letter or digit and every swap of neighbouring digits', () => {
    fc.assert(
      fc.property(reference, (text) => {
        const whole = text + mod97Digits(text);
        expect(hasMod97Digits(whole)).toBe(true);
        const wrong = at(whole, (i) =>
          [...(/\d/.test(whole[i] ?? '') ? '0123456789' : 'ABCXYZ')].map((letter) => replaced(whole, i, letter)),
        );
        const swaps = at(whole, (i) => (/^\d\d/.test(whole.slice(i)) ? [swapped(whole, i)] : []));
        for (const other of [...wrong, ...swaps]) if (other !== whole) expect(hasMod97Digits(other), other).toBe(false);
      }),
    );
  });

  it('is for digits and capital letters alone', () => {
    for (const text of ['ab', '1-2', 'É']) expect(() => mod97Digits(text)).toThrow(RangeError);
    for (const text of ['', '44', '794-44', '79444\n']) expect(hasMod97Digits(text), text).toBe(false);
  });
});
