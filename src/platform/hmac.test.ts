import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Hmac } from './hmac.ts';

const repeated = (byte: number, times: number): Buffer => Buffer.alloc(times, byte);

describe('HMAC-SHA-256', () => {
  test.each([
    [repeated(0x0b, 20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [Buffer.from('Jefe'), 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  ])('of RFC 4231, cases 1 and 2', (key, value, expected) => {
    expect(new Hmac(key).of(value).toString('hex')).toBe(expected);
  });

  test('of whatever length, one after another', () => {
    const key = repeated(7, 32);
    const hmac = new Hmac(key);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (value) => {
        expect(hmac.of(value)).toEqual(createHmac('sha256', key).update(value).digest());
      }),
    );
  });

  test('a code that was given is not overwritten by the next', () => {
    const hmac = new Hmac(repeated(1, 32));
    const first = hmac.of('a');
    const copy = Buffer.from(first);
    hmac.of('b');
    expect(first).toEqual(copy);
  });

  test('a key is no longer than a block', () => {
    expect(() => new Hmac(repeated(1, 65))).toThrow(RangeError);
  });
});
