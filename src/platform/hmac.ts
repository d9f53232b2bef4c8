import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

// One character a byte: a string costs half of what a buffer of its own costs.
const digestOf = (bytes: Buffer): string => hash('sha256', bytes, 'binary');

/**
 * HMAC-SHA-256 (RFC 2104) under one key, of very many short values: the two hashes that it is made of are taken at once, so none of them leaves
 * an object behind that has to be collected.
 */
export class Hmac {
  readonly #inner: Buffer;
  readonly #outer: Buffer;
  #input: Buffer;

  /** @param key up to 64 bytes @throws RangeError when it is longer */
  constructor(key: Buffer) {
    if (key.length > BLOCK_BYTES) throw new RangeError('a key of this HMAC has at most 64 bytes');
    const padded = (byte: number): Buffer => Buffer.alloc(BLOCK_BYTES, byte).map((pad, i) => pad ^ (key[i] ?? 0)) as Buffer;
    this.#inner = padded(0x36);
    this.#outer = Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST_BYTES)]);
    this.#input = this.#inner;
  }

  /** The code of a text in UTF-8: 32 bytes. */
  of(value: string): Buffer {
    const end = BLOCK_BYTES + Buffer.byteLength(value);
    if (this.#input.length < end) {
      this.#input = Buffer.alloc(2 * end);
      this.#inner.copy(this.#input);
    }
    this.#input.write(value, BLOCK_BYTES);
    this.#outer.write(digestOf(this.#input.subarray(0, end)), BLOCK_BYTES, 'latin1');
    return Buffer.from(digestOf(this.#outer), 'latin1');
  }
}
