import { nodeHash } from './hashing.ts';

const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);
const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** Whether a proof shows that a leaf is in the tree of this root, at this place (RFC 9162 section 2.1.3.2). */
export function includes(root: Buffer, size: number, leaf: number, hash: Buffer, path: readonly Buffer[]): boolean {
  if (!(Number.isSafeInteger(size) && Number.isSafeInteger(leaf) && leaf >= 0 && leaf < size)) return false;
  let [place, last, made] = [leaf, size - 1, hash];
  for (const step of path) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      made = nodeHash(step, made);
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      made = nodeHash(made, step);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && made.equals(root);
}

/** A tree as far as a proof speaks of it. */
export interface Tree {
  readonly size: number;
  readonly root: Buffer;
}

/** Whether a proof shows that the second tree begins with the whole of the first (RFC 9162 section 2.1.4.2). */
export function isConsistent(first: Tree, second: Tree, path: readonly Buffer[]): boolean {
  if (!(Number.isSafeInteger(first.size) && Number.isSafeInteger(second.size) && first.size > 0 && first.size <= second.size)) return false;
  if (first.size === second.size) return path.length === 0 && first.root.equals(second.root);
  const [start, ...steps] = isPowerOfTwo(first.size) ? [first.root, ...path] : path;
  if (!start || path.length === 0) return false;
  let [place, last] = [first.size - 1, second.size - 1];
  while (isOdd(place)) [place, last] = [half(place), half(last)];
  let [older, newer] = [start, start];
  for (const step of steps) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      [older, newer] = [nodeHash(step, older), nodeHash(step, newer)];
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      newer = nodeHash(newer, step);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && older.equals(first.root) && newer.equals(second.root);
}
