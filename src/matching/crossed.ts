import { Entries } from './entries.ts';

/** Of the blocks of a person that are too large to be paired through, so many are crossed: the smallest. */
const CROSSED = 3;
/** Those whom two of them share are paired with so many who came first, and with as many of those beside them. */
const FIRST_FOUND = 5;
const NONE = 0xffffffff;

/** Groups of people who are all candidates for one another, because two blocks hold them of which each is too large to be paired through. */
export function* crossedBlocks(usual: Entries, limit: number, people: number): Generator<Uint32Array> {
  const group = new Uint32Array(FIRST_FOUND * 2);
  for (const rows of crossings(usual, limit, people).blocks(people)) {
    const first = rows.subarray(0, FIRST_FOUND);
    group.set(first);
    if (rows.length <= FIRST_FOUND) yield first;
    for (let from = FIRST_FOUND; from < rows.length; from += FIRST_FOUND) {
      const beside = rows.subarray(from, from + FIRST_FOUND);
      group.set(beside, FIRST_FOUND);
      yield group.subarray(0, FIRST_FOUND + beside.length);
    }
  }
}

/** Which rows are in which two of these blocks. */
function crossings(usual: Entries, limit: number, people: number): Entries {
  const sizes: number[] = [];
  const smallest = new Uint32Array(people * CROSSED).fill(NONE);
  for (const rows of usual.crowds(limit)) {
    const block = sizes.push(rows.length) - 1;
    for (const row of rows) keepSmallest(smallest.subarray(row * CROSSED, (row + 1) * CROSSED), block, sizes);
  }
  const crossed = new Entries();
  for (let row = 0; row < people; row += 1) {
    const blocks = [...smallest.subarray(row * CROSSED, (row + 1) * CROSSED)].filter((block) => block !== NONE).sort((a, b) => a - b);
    const keys = blocks.flatMap((one, at) => blocks.slice(at + 1).map((other) => ({ kind: 'crossed', text: `${one} ${other}` })));
    crossed.add(row, keys);
  }
  return crossed;
}

/** Puts a block among the smallest of a row, in place of a larger one. */
function keepSmallest(kept: Uint32Array, block: number, sizes: readonly number[]): void {
  const sizeOf = (one: number) => (one === NONE ? Number.POSITIVE_INFINITY : (sizes[one] as number));
  let coming = block;
  for (const [at, one] of kept.entries()) {
    if (one === coming) return;
    if (sizeOf(coming) >= sizeOf(one)) continue;
    kept[at] = coming;
    coming = one;
  }
}
