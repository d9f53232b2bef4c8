import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type Hmac, hkdfSync, type KeyObject } from 'node:crypto';
import { freshBytes } from './fresh-bytes.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Sealed texts are padded to a multiple of this, so that their length tells little. */
const PADDING_BYTES = 32;

/** Secret keys, and everything that is derived from them. Nothing here ever leaves the process. */
export class KeyRing {
  readonly #masters: ReadonlyMap<number, Buffer>;
  readonly #indexKey: Buffer;
  // As objects of the library, which need not be read anew each time they are used.
  readonly #derived = new Map<string, KeyObject>();
  /** The version that new secrets are made under. */
  readonly currentVersion: number;

  /**
   * @param masters 32-byte master keys by version (1 to 255)
   * @param indexKey 32-byte key of the blind indexes, which does not rotate with the master keys
   * @param current the version that new secrets are made under; left out, the highest
   */
  constructor(masters: ReadonlyMap<number, Buffer>, indexKey: Buffer, current = Math.max(...masters.keys())) {
    if (masters.size === 0) throw new RangeError('a key ring needs a master key');
    for (const [version, key] of masters) {
      if (!Number.isInteger(version) || version < 1 || version > 255) throw new RangeError('key versions are 1 to 255');
      if (key.length !== KEY_BYTES) throw new RangeError(`master key ${version} is not 32 bytes`);
    }
    if (indexKey.length !== KEY_BYTES) throw new RangeError('the index key is not 32 bytes');
    this.#masters = masters;
    this.#indexKey = indexKey;
    if (!masters.has(current)) throw new RangeError(`master key ${current} is not on this key ring`);
    this.currentVersion = current;
  }

  /** The versions that can be opened, lowest first. */
  get versions(): number[] {
    return [...this.#masters.keys()].sort((a, b) => a - b);
  }

  /** Whether what was made under a version can be opened. */
  has(version: number): boolean {
    return this.#masters.has(version);
  }

  /**
   * A key for one purpose and context: HKDF-SHA-256 (RFC 5869) from a master key.
   * @param version which master key
   */
  derive(version: number, purpose: string, context = '', bytes = KEY_BYTES): Buffer {
    if (purpose.includes('/')) throw new RangeError('a purpose has no "/": it would run into the context');
    const master = this.#masters.get(version);
    if (!master) throw new RangeError(`master key ${version} is not on this key ring`);
    return Buffer.from(hkdfSync('sha256', master, '', `sanad/${purpose}/${context}`, bytes));
  }

  /**
   * Encrypts under a key of this purpose (AES-256-GCM, random nonce, padded length).
   * @param place where the result will be kept; opening it anywhere else fails
   */
  seal(purpose: string, place: string, plain: string): Buffer {
    const key = this.#purposeKey(this.currentVersion, purpose);
    return Buffer.concat([Buffer.from([this.currentVersion]), sealWith(key, place, plain)]);
  }

  /** Decrypts what {@link seal} made. @throws Error when the purpose, the place or a single bit differs */
  open(purpose: string, place: string, sealed: Buffer): string {
    const version = sealed[0];
    if (version === undefined) throw new RangeError('nothing to open');
    return openWith(this.#purposeKey(version, purpose), place, sealed.subarray(1));
  }

  /**
   * A keyed fingerprint for look-ups (HMAC-SHA-256): equal values give equal indexes, and nothing else can be read from it.
   * @param purpose what is looked up; the same value under another purpose gives another index
   */
  blindIndex(purpose: string, value: string): Buffer {
    return this.#fingerprint(purpose, value).digest();
  }

  /** The first 64 bits of {@link blindIndex}, as a signed integer. */
  blindNumber(purpose: string, value: string): bigint {
    // Read from a text: a buffer for it takes as long to make as half the fingerprint.
    return BigInt.asIntN(64, BigInt(`0x${this.#fingerprint(purpose, value).digest('hex').slice(0, 16)}`));
  }

  #fingerprint(purpose: string, value: string): Hmac {
    let key = this.#derived.get(`index/${purpose}`);
    if (!key) {
      key = createSecretKey(Buffer.from(hkdfSync('sha256', this.#indexKey, '', `sanad/index/${purpose}`, KEY_BYTES)));
      this.#derived.set(`index/${purpose}`, key);
    }
    return createHmac('sha256', key).update(value);
  }

  #purposeKey(version: number, purpose: string): KeyObject {
    const name = `${version}/${purpose}`;
    let key = this.#derived.get(name);
    if (!key) {
      key = createSecretKey(this.derive(version, purpose));
      this.#derived.set(name, key);
    }
    return key;
  }
}

/** A new data key, for the fields of one record. */
export const newDataKey = (): Buffer => freshBytes(KEY_BYTES);

/** Wraps a data key: seals it under the master key, to be kept beside what it seals. */
export const wrapDataKey = (keyRing: KeyRing, purpose: string, place: string, dataKey: Buffer): Buffer =>
  keyRing.seal(purpose, place, dataKey.toString('base64'));

/** Opens what {@link wrapDataKey} made. */
export const unwrapDataKey = (keyRing: KeyRing, purpose: string, place: string, wrapped: Buffer): Buffer =>
  Buffer.from(keyRing.open(purpose, place, wrapped), 'base64');

/** Encrypts one field (AES-256-GCM) under a data key; `place` names the field and its row, and is authenticated. */
export function sealWith(key: Buffer | KeyObject, place: string, plain: string): Buffer {
  const nonce = freshBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(place));
  const sealed = cipher.update(padded(plain));
  cipher.final();
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
}

/** Decrypts what {@link sealWith} made. @throws Error when key, place or content differ */
export function openWith(key: Buffer | KeyObject, place: string, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const padded = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  return padded.subarray(4, 4 + padded.readUInt32BE(0)).toString();
}

function padded(plain: string): Buffer {
  const length = Buffer.byteLength(plain);
  const bytes = Buffer.allocUnsafe(Math.ceil((length + 4) / PADDING_BYTES) * PADDING_BYTES);
  bytes.writeUInt32BE(length);
  bytes.write(plain, 4);
  return bytes.fill(0, 4 + length);
}
