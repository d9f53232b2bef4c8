import type { BlockingKey } from './types.ts';

/** FNV-1a over the code units of a key. Two keys that share a hash bring a few pairs too many, and lose none. */
function hashOf({ kind, text }: BlockingKey): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < kind.length; i += 1) hash = Math.imul(hash ^ kind.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ 0x7c, 0x01000193);
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const FIRST_ENTRIES = 16_384;

/** Which rows bear which key: one number for each, the key's hash above the row, so that sorting the numbers brings a block together. */
export class Entries {
  #numbers = new BigUint64Array(FIRST_ENTRIES);
  #halves = new Uint32Array(this.#numbers.buffer);
  #used = 0;

  add(row: number, keys: readonly BlockingKey[]): void {
    if (this.#used + keys.length > this.#numbers.length) this.#grow();
    for (const key of keys) {
      this.#halves[this.#used * 2] = row;
      this.#halves[this.#used * 2 + 1] = hashOf(key);
      this.#used += 1;
    }
  }

  /** The blocks, from 2 people up to a limit, as the rows in them in their order; the array holds until the next block. */
  blocks(limit: number): Generator<Uint32Array> {
    return this.#between(2, limit);
  }

  /** The blocks above a limit, likewise. */
  crowds(limit: number): Generator<Uint32Array> {
    return this.#between(limit + 1, this.#used);
  }

  *#between(fewest: number, most: number): Generator<Uint32Array> {
    this.#numbers.subarray(0, this.#used).sort();
    const halves = this.#halves;
    let rows = new Uint32Array(FIRST_ENTRIES);
    for (let begin = 0; begin < this.#used; ) {
      const hash = halves[begin * 2 + 1];
      let end = begin + 1;
      while (end < this.#used && halves[end * 2 + 1] === hash) end += 1;
      const size = end - begin;
      if (size >= fewest && size <= most) {
        if (size > rows.length) rows = new Uint32Array(size * 2);
        for (let at = begin; at < end; at += 1) rows[at - begin] = halves[at * 2] as number;
        yield rows.subarray(0, size);
      }
      begin = end;
    }
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#numbers.length * 2);
    larger.set(this.#numbers);
    this.#numbers = larger;
    this.#halves = new Uint32Array(larger.buffer);
  }
}
