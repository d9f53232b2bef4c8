import { createHash } from 'node:crypto';

/**
 * Which row of a file said something first, for files of any length: a hash of 52 bits and a row number each, and not the text. Of a million
 * texts two share a hash once in ten thousand files.
 */
export class RowIndex {
  #hashes = new Float64Array(1 << 12);
  #rows = new Uint32Array(1 << 12);
  #size = 0;

  /** @returns the row that said this before; otherwise this row has said it */
  first(text: string, row: number): number | undefined {
    if (this.#size * 4 > this.#hashes.length * 3) this.#grow();
    const hash = hashOf(text);
    const slot = this.#slotOf(hash);
    if (this.#hashes[slot] === hash) return this.#rows[slot];
    this.#hashes[slot] = hash;
    this.#rows[slot] = row;
    this.#size += 1;
    return undefined;
  }

  /** @returns the row that said this first */
  find(text: string): number | undefined {
    const hash = hashOf(text);
    const slot = this.#slotOf(hash);
    return this.#hashes[slot] === hash ? this.#rows[slot] : undefined;
  }

  /** How many different texts there were. */
  get size(): number {
    return this.#size;
  }

  #slotOf(hash: number): number {
    const mask = this.#hashes.length - 1;
    let slot = hash & mask;
    while (this.#hashes[slot] !== 0 && this.#hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [hashes, rows] = [this.#hashes, this.#rows];
    this.#hashes = new Float64Array(hashes.length * 2);
    this.#rows = new Uint32Array(rows.length * 2);
    hashes.forEach((hash, i) => {
      if (hash === 0) return;
      const slot = this.#slotOf(hash);
      this.#hashes[slot] = hash;
      this.#rows[slot] = rows[i] ?? 0;
    });
  }
}

// Never 0, which says that a slot is free. The low bits choose the slot: a number's `&` sees 32 of them.
function hashOf(text: string): number {
  const digest = createHash('sha1').update(text).digest();
  return digest.readUIntBE(0, 6) * 16 + ((digest[6] ?? 0) >> 4) + 1;
}
