import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyRing, newDataKey, openWith, sealWith } from './key-ring.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const hmac = (key: Buffer, data: Buffer) => createHmac('sha256', key).update(data).digest();

/** HKDF-SHA-256 as RFC 5869 section 2 spells it out, for up to 32 bytes. */
const hkdf = (secret: Buffer, info: string) => hmac(hmac(Buffer.alloc(32), secret), Buffer.concat([Buffer.from(info), Buffer.from([1])]));

const first = randomBytes(32);
const second = randomBytes(32);
const index = randomBytes(32);
const before = new KeyRing(new Map([[1, first]]), index);
const after = new KeyRing(
  new Map([
    [1, first],
    [2, second],
  ]),
  index,
);

describe('HKDF', () => {
  it.each([
    [
      'A.1',
      '0b'.repeat(22),
      '000102030405060708090a0b0c',
      'f0f1f2f3f4f5f6f7f8f9',
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    ],
    ['A.3', '0b'.repeat(22), '', '', '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'],
  ])('is the one of RFC 5869, appendix %s', (_case, secret, salt, info, expected) => {
    expect(Buffer.from(hkdfSync('sha256', hex(secret), hex(salt), hex(info), 42)).toString('hex')).toBe(expected);
  });
});

describe('the key ring', () => {
  it('derives keys by HKDF-SHA-256 from purpose and context', () => {
    expect(before.derive(1, 'voucher', 'some-id')).toEqual(hkdf(first, 'sanad/voucher/some-id'));
    expect(after.derive(2, 'voucher')).toEqual(hkdf(second, 'sanad/voucher/'));
    expect(before.derive(1, 'voucher', 'a')).not.toEqual(before.derive(1, 'voucher', 'b'));
    expect(() => before.derive(2, 'voucher')).toThrow('master key 2 is not on this key ring');
    expect(() => before.derive(1, 'voucher/a', 'b')).toThrow(RangeError);
  });

  it('opens what it sealed, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (plain) => {
        expect(before.open('p', 'place', before.seal('p', 'place', plain))).toBe(plain);
      }),
    );
  });

  it('seals the same text differently every time', () => {
    expect(before.seal('p', 'place', 'x')).not.toEqual(before.seal('p', 'place', 'x'));
  });

  it('binds what it sealed to purpose, place and key', () => {
    const sealed = before.seal('p', 'row/1', 'x');
    expect(() => before.open('q', 'row/1', sealed)).toThrow();
    expect(() => before.open('p', 'row/2', sealed)).toThrow();
    expect(() => new KeyRing(new Map([[1, second]]), index).open('p', 'row/1', sealed)).toThrow();
  });

  it('notices any byte that was changed, cut off or added', () => {
    const sealed = before.seal('p', 'place', 'Amina');
    for (let i = 0; i < sealed.length; i += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(sealed.readUInt8(i) ^ 1, i);
      expect(() => before.open('p', 'place', changed), `byte ${i}`).toThrow();
      expect(() => before.open('p', 'place', sealed.subarray(0, i)), `${i} bytes`).toThrow();
    }
    expect(() => before.open('p', 'place', Buffer.concat([sealed, Buffer.from([0])]))).toThrow();
  });

  it('still opens what an older key sealed, and seals under the newest', () => {
    const old = before.seal('p', 'place', 'from before');
    expect(after.open('p', 'place', old)).toBe('from before');
    expect(after.seal('p', 'place', 'x')[0]).toBe(2);
    expect(() => before.open('p', 'place', after.seal('p', 'place', 'x'))).toThrow('master key 2');
  });

  it('hides how long a text is', () => {
    const lengths = ['', 'Li', 'Aïcha', 'x'.repeat(28)].map((plain) => before.seal('p', 'place', plain).length);
    expect(new Set(lengths).size).toBe(1);
    expect(before.seal('p', 'place', 'x'.repeat(29)).length).toBe((lengths[0] ?? 0) + 32);
  });

  it('seals fields under a data key in the same way', () => {
    const key = newDataKey();
    const sealed = sealWith(key, 'people/1/name', 'Amina');
    expect(openWith(key, 'people/1/name', sealed)).toBe('Amina');
    expect(() => openWith(key, 'people/2/name', sealed)).toThrow();
    expect(() => openWith(newDataKey(), 'people/1/name', sealed)).toThrow();
  });

  it('indexes equal values alike within a purpose, whatever the master key', () => {
    expect(after.blindIndex('phone', '+213550000001')).toEqual(before.blindIndex('phone', '+213550000001'));
    expect(before.blindIndex('phone', 'x')).toEqual(hmac(hkdf(index, 'sanad/index/phone'), Buffer.from('x')));
    expect(before.blindIndex('document', 'x')).not.toEqual(before.blindIndex('phone', 'x'));
    expect(new KeyRing(new Map([[1, first]]), randomBytes(32)).blindIndex('phone', 'x')).not.toEqual(before.blindIndex('phone', 'x'));
  });

  it('takes only keys that are keys', () => {
    const makers = [
      () => new KeyRing(new Map(), index),
      () => new KeyRing(new Map([[0, first]]), index),
      () => new KeyRing(new Map([[256, first]]), index),
      () => new KeyRing(new Map([[1.5, first]]), index),
      () => new KeyRing(new Map([[1, first.subarray(1)]]), index),
      () => new KeyRing(new Map([[1, first]]), index.subarray(1)),
    ];
    for (const make of makers) expect(make).toThrow(RangeError);
  });
});
