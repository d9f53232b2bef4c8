import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkpointIn, checkpointText } from './checkpoint.ts';
import { isSigned, signerOf, textOf, verifierOf } from './note.ts';

// The example of golang.org/x/mod/sumdb/note (BSD-3-Clause), on which C2SP's signed-note stands.
const published = {
  verifierKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  /** Its type, then the seed. */
  privateKey: 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  note:
    'If you think cryptography is the answer to your problem,\n' +
    "then you don't know what your problem is.\n" +
    '\n' +
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

describe('a signed note', () => {
  it('is signed and read as the published example is', () => {
    const signer = signerOf('PeterNeumann', Buffer.from(published.privateKey, 'base64').subarray(1));
    expect(signer.verifierKey).toBe(published.verifierKey);
    expect(signer.sign(textOf(published.note) ?? '')).toBe(published.note);
    expect(isSigned(published.note, [verifierOf(published.verifierKey)])).toBe(true);
  });

  it('is not signed when a letter differs, by another key, or under another name', () => {
    const known = [verifierOf(published.verifierKey)];
    expect(isSigned(published.note.replace('answer', 'Answer'), known)).toBe(false);
    expect(isSigned(published.note.replace('x08go/Z', 'x08go/Y'), known)).toBe(false);
    expect(isSigned(published.note.replace('— PeterNeumann', '— Somebody'), known)).toBe(false);
    expect(isSigned(`${published.note}and more\n`, known)).toBe(false);
    expect(isSigned('', known)).toBe(false);
    const other = signerOf('PeterNeumann', randomBytes(32));
    expect(isSigned(published.note, [verifierOf(other.verifierKey)])).toBe(false);
    expect(isSigned(published.note, [])).toBe(false);
  });

  it('passes over a signature by somebody unknown, and stops at a wrong one under a known id', () => {
    const [ours, theirs] = [signerOf('sanad', randomBytes(32)), signerOf('witness', randomBytes(32))];
    const text = 'a text\n';
    const [own, witnessed] = [ours.sign(text), theirs.sign(text)];
    const both = own + witnessed.slice(text.length + 1);
    expect(isSigned(both, [verifierOf(ours.verifierKey)])).toBe(true);
    expect(isSigned(both, [verifierOf(theirs.verifierKey)])).toBe(true);
    const spoilt = own + ours.sign('another text\n').slice('another text\n'.length + 1);
    expect(isSigned(spoilt, [verifierOf(ours.verifierKey)])).toBe(false);
  });

  it('knows a public key by its id', () => {
    expect(() => verifierOf(published.verifierKey.replace('c74f20a3', 'c74f20a4'))).toThrow(RangeError);
    expect(() => verifierOf(published.verifierKey.replace('PeterNeumann', 'Peter'))).toThrow(RangeError);
    expect(() => verifierOf('nonsense')).toThrow(RangeError);
    expect(() => signerOf('two words', randomBytes(32))).toThrow(RangeError);
    expect(() => signerOf('short', randomBytes(31))).toThrow(RangeError);
  });
});

describe('a checkpoint', () => {
  // The example of C2SP's tlog-checkpoint.
  const example = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
  it('reads and is written as the published example is', () => {
    const signature =
      '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=';
    const read = checkpointIn(`${example}\n${signature}\n`);
    expect(read).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 });
    expect(read && checkpointText(read)).toBe(example);
  });

  it.each(['', 'origin\n', 'origin\nmany\nAAAA\n\n— a AAAA\n', 'origin\n007\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— a AAAA\n'])(
    'is not read out of %j',
    (text) => expect(checkpointIn(text)).toBeUndefined(),
  );
});
