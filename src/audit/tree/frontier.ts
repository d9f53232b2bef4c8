import { emptyRoot, nodeHash } from './hashing.ts';

/** Told of each subtree as its last leaf completes it. */
export type Completed = (level: number, index: number, hash: Buffer) => void;

/** The right edge of a growing tree: the hashes of its complete subtrees, one for each bit of its size. Enough to grow it, and for its root. */
export class Frontier {
  #size: number;
  readonly #hashes: Buffer[];

  /** @param hashes of `subtreesOf` the leaves so far, from left to right */
  constructor(size = 0, hashes: readonly Buffer[] = []) {
    this.#size = size;
    this.#hashes = [...hashes];
  }

  get size(): number {
    return this.#size;
  }

  add(leaf: Buffer, completed?: Completed): void {
    let [hash, level, index] = [leaf, 0, this.#size];
    while (index % 2 === 1) {
      hash = nodeHash(this.#hashes.pop() as Buffer, hash);
      level += 1;
      index = (index - 1) / 2;
      completed?.(level, index, hash);
    }
    this.#hashes.push(hash);
    this.#size += 1;
  }

  root(): Buffer {
    return this.#hashes.length === 0 ? emptyRoot : this.#hashes.reduceRight((right, left) => nodeHash(left, right));
  }

  copy(): Frontier {
    return new Frontier(this.#size, this.#hashes);
  }
}
