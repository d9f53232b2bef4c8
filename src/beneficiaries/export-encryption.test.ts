import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unage, unzip } from '../../test/support/exports.ts';
import { encrypted, isRecipient, type Lock } from './export-encryption.ts';
import { newPassphrase } from './export-passphrase.ts';

const gathered = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
};
const source = async function* (pieces: readonly Uint8Array[]) {
  for (const piece of pieces) yield Buffer.from(piece);
};
const lockOf = (encryption: 'zip' | 'age', passphrase: string): Lock => ({ encryption, passphrase });

describe.each(['zip', 'age'] as const)('a file encrypted by %s', (encryption) => {
  it('is what it was once it is decrypted, however it came in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), { maxLength: 6 }), async (pieces) => {
        const passphrase = newPassphrase();
        const bytes = await gathered(encrypted(source(pieces), 'people.csv', lockOf(encryption, passphrase)));
        const content = encryption === 'zip' ? (await unzip(bytes, passphrase)).content : await unage(bytes, { passphrase });
        expect(content).toEqual(Buffer.concat(pieces));
      }),
      { numRuns: 5 },
    );
  });

  it('fails when what it is made of does, rather than end early', async () => {
    const broken = async function* () {
      yield Buffer.from('half of it');
      throw new Error('the rows ended in the middle');
    };
    await expect(gathered(encrypted(broken(), 'people.csv', lockOf(encryption, newPassphrase())))).rejects.toThrow('in the middle');
  });

  it('is written no further once nobody takes it', async () => {
    let asked = 0;
    const endless = async function* () {
      for (;;) {
        asked += 1;
        yield Buffer.alloc(64 * 1024, asked);
      }
    };
    for await (const _ of encrypted(endless(), 'people.csv', lockOf(encryption, newPassphrase()))) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toBe(before);
    expect(before).toBeLessThan(200);
  });
});

it('is encrypted to no key that is none', () => {
  for (const text of ['', 'age1', 'ssh-ed25519 AAAA', `age1${'q'.repeat(58)}`]) expect(isRecipient(text)).toBe(false);
});

it('has a passphrase of 118 bits that nobody misreads', () => {
  const all = new Set(Array.from({ length: 500 }, newPassphrase));
  expect(all.size).toBe(500);
  const letters = new Set([...all].join('').replaceAll('-', ''));
  expect(letters.size).toBe(31);
  for (const mistaken of '0o1li') expect(letters).not.toContain(mistaken);
  expect(24 * Math.log2(letters.size)).toBeGreaterThan(118);
});
