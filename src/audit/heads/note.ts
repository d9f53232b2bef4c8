import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** A public key as `name+id+key`, the encoding of C2SP signed-note: it can be told on a line, and says by its id whose signature is whose. */
export type VerifierKey = string;

/** Signs notes under a name. */
export interface Signer {
  readonly name: string;
  readonly verifierKey: VerifierKey;
  sign(text: string): string;
}

const ED25519 = 1;
const ID_BYTES = 4;
const KEY_BYTES = 32;
// RFC 8410: what stands before the 32 bytes of a private key in PKCS #8.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function keyId(name: string, typed: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'buffer').subarray(0, ID_BYTES);
}

/**
 * @param name of the log that signs; without spaces and without "+"
 * @param seed the 32 bytes of an Ed25519 private key (RFC 8032)
 */
export function signerOf(name: string, seed: Buffer): Signer {
  if (!/^[^\s+]+$/.test(name)) throw new RangeError('the name of a signer has no space and no "+"');
  if (seed.length !== KEY_BYTES) throw new RangeError('an Ed25519 key is made of 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const typed = Buffer.concat([Buffer.from([ED25519]), Buffer.from(x, 'base64url')]);
  const id = keyId(name, typed);
  return {
    name,
    verifierKey: `${name}+${id.toString('hex')}+${typed.toString('base64')}`,
    sign(text) {
      if (!text.endsWith('\n')) throw new RangeError('the text of a note ends with a line break');
      return `${text}\n— ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString('base64')}\n`;
    },
  };
}

/** A public key that signatures are held against. */
export interface Verifier {
  readonly name: string;
  readonly id: Buffer;
  readonly key: KeyObject;
}

/** Reads a public key. @throws RangeError when it is none, or its id is not its own */
export function verifierOf(verifierKey: VerifierKey): Verifier {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(verifierKey.trim()) ?? [];
  const typed = Buffer.from(encoded, 'base64');
  if (typed.length !== KEY_BYTES + 1 || typed[0] !== ED25519 || keyId(name, typed).toString('hex') !== id) {
    throw new RangeError('not a public key of the form NAME+ID+KEY, as "sanad audit key" prints it');
  }
  const x = typed.subarray(1).toString('base64url');
  return { name, id: Buffer.from(id, 'hex'), key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) };
}

/** The text of a note, without its signatures; undefined when it is not a note. */
export function textOf(note: string): string | undefined {
  const end = note.lastIndexOf('\n\n');
  return end < 0 || !note.endsWith('\n') ? undefined : note.slice(0, end + 1);
}

/** Whether one of these keys has signed a note. A signature that is there under the id of one of them, and wrong, spoils it. */
export function isSigned(note: string, verifiers: readonly Verifier[]): boolean {
  const text = textOf(note);
  if (text === undefined) return false;
  let signatures = 0;
  for (const line of note
    .slice(text.length + 1)
    .split('\n')
    .slice(0, -1)) {
    const [, name, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    if (!name) return false;
    const bytes = Buffer.from(encoded, 'base64');
    const verifier = verifiers.find((known) => known.name === name && known.id.equals(bytes.subarray(0, ID_BYTES)));
    if (!verifier) continue;
    if (!verify(null, Buffer.from(text), verifier.key, bytes.subarray(ID_BYTES))) return false;
    signatures += 1;
  }
  return signatures > 0;
}
