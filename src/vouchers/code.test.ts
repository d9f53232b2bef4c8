import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hotp, KeyRing, newId } from '../platform/index.ts';
import { codeOf, isCodeOf, readCode, showCode } from './code.ts';
import { isSerial, newSerial } from './serial.ts';

const keyRing = new KeyRing(
  new Map([
    [1, randomBytes(32)],
    [2, randomBytes(32)],
  ]),
  randomBytes(32),
);
const voucher = fc.record({ id: fc.uuid(), keyVersion: fc.constantFrom(1, 2), counter: fc.nat(1_000) });
const code = voucher.map((source) => codeOf(keyRing, source));

describe('the code of a voucher', () => {
  it('is HOTP, as RFC 4226 appendix D computes it', () => {
    const vectors = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
    const key = Buffer.from('12345678901234567890');
    expect(vectors.map((_vector, counter) => hotp(key, counter, 6))).toEqual(vectors);
    expect(hotp(key, 0, 8)).toBe('84755224');
  });

  it('depends on the voucher, the counter and the key, and on nothing else', () => {
    const source = { id: newId(), keyVersion: 1, counter: 0 };
    expect(codeOf(keyRing, source)).toBe(codeOf(keyRing, { ...source }));
    const codes = [source, { ...source, counter: 1 }, { ...source, keyVersion: 2 }, { ...source, id: newId() }];
    expect(new Set(codes.map((one) => codeOf(keyRing, one))).size).toBe(4);
    expect(isCodeOf(keyRing, source, codeOf(keyRing, source))).toBe(true);
    expect(isCodeOf(keyRing, source, codeOf(keyRing, { ...source, counter: 1 }))).toBe(false);
    expect(isCodeOf(keyRing, source, '12')).toBe(false);
  });

  it('is read in European, Arabic-Indic and Persian digits, however it is spaced', () => {
    fc.assert(
      fc.property(
        code,
        fc.constantFrom(0x30, 0x660, 0x6f0),
        fc.constantFrom('', ' ', '\u00a0', '-', '\u200f', '\u2069'),
        (nine, zero, gap) => {
          const typed = showCode(nine)
            .replaceAll(' ', gap)
            .replaceAll(/\d/g, (digit) => String.fromCharCode(zero + Number(digit)));
          expect(readCode(` ${typed} `)).toEqual({ digits: nine, isIntact: true });
        },
      ),
    );
    expect(showCode('123456789')).toBe('123 456 789');
  });

  it('shows every wrong digit and every swap of neighbours', () => {
    fc.assert(
      fc.property(code, fc.nat(8), fc.integer({ min: 1, max: 9 }), (nine, place, shift) => {
        const other = String((Number(nine[place]) + shift) % 10);
        expect(readCode(nine.slice(0, place) + other + nine.slice(place + 1)).isIntact).toBe(false);
      }),
    );
    fc.assert(
      fc.property(code, fc.nat(7), (nine, place) => {
        fc.pre(nine[place] !== nine[place + 1]);
        const swapped = nine.slice(0, place) + nine[place + 1] + nine[place] + nine.slice(place + 2);
        expect(readCode(swapped).isIntact).toBe(false);
      }),
    );
  });

  it('is not intact when it has another length or other letters', () => {
    for (const text of ['', '0', '12345678', '1234567890', '12345678a', '１２３４５６７８９']) expect(readCode(text).isIntact).toBe(false);
  });
});

describe('a serial', () => {
  it('is fourteen digits that show a typing mistake', () => {
    fc.assert(
      fc.property(fc.constant(null).map(newSerial), fc.nat(13), fc.integer({ min: 1, max: 9 }), (serial, place, shift) => {
        expect(isSerial(serial)).toBe(true);
        expect(isSerial(serial.slice(0, place) + String((Number(serial[place]) + shift) % 10) + serial.slice(place + 1))).toBe(false);
      }),
    );
    expect(isSerial('1')).toBe(false);
  });
});
