/** The leaves from `start` up to, and not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A subtree that lacks no leaf: 2^level of them, from index × 2^level on. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Where a tree of so many leaves splits: the largest power of two below their number. */
function split(leaves: number): number {
  let power = 1;
  while (power * 2 < leaves) power *= 2;
  return power;
}

/**
 * The complete subtrees that a range is made of, from left to right: the first as large as can be. Of a range that a proof names they
 * become smaller and smaller, so its hash is what comes of joining them from the right.
 */
export function subtreesOf({ start, end }: Range): Subtree[] {
  const parts: Subtree[] = [];
  for (let at = start; at < end; ) {
    let [size, level] = [1, 0];
    while (at % (size * 2) === 0 && at + size * 2 <= end) {
      size *= 2;
      level += 1;
    }
    parts.push({ level, index: at / size });
    at += size;
  }
  return parts;
}

/**
 * The ranges whose hashes prove that a leaf is in a tree, from the leaf up: PATH of RFC 9162 section 2.1.3.1.
 * @throws RangeError when the tree has no such leaf
 */
export function inclusionRanges(leaf: number, size: number): Range[] {
  if (!(leaf >= 0 && leaf < size)) throw new RangeError(`a tree of ${size} leaves has no leaf ${leaf}`);
  const path = ({ start, end }: Range): Range[] => {
    if (end - start === 1) return [];
    const middle = start + split(end - start);
    const [left, right] = [
      { start, end: middle },
      { start: middle, end },
    ];
    return leaf < middle ? [...path(left), right] : [...path(right), left];
  };
  return path({ start: 0, end: size });
}

/**
 * The ranges whose hashes prove that a tree is the beginning of a larger one: PROOF of RFC 9162 section 2.1.4.1.
 * @throws RangeError when the first is empty, or larger than the second
 */
export function consistencyRanges(first: number, second: number): Range[] {
  if (!(first > 0 && first <= second)) throw new RangeError(`a tree of ${first} leaves does not grow to ${second}`);
  const proof = ({ start, end }: Range, isKnown: boolean): Range[] => {
    if (first === end) return isKnown ? [] : [{ start, end }];
    const middle = start + split(end - start);
    return first <= middle
      ? [...proof({ start, end: middle }, isKnown), { start: middle, end }]
      : [...proof({ start: middle, end }, false), { start, end: middle }];
  };
  return proof({ start: 0, end: second }, true);
}
