import { nodeHash } from './hashing.ts';
import { consistencyRanges, inclusionRanges, type Range, type Subtree, subtreesOf } from './ranges.ts';

/** Where the hashes of complete subtrees come from; each answer stands where its question did. */
export type HashSource = (subtrees: readonly Subtree[]) => Promise<readonly Buffer[]>;

/** The hashes of ranges, from those of the complete subtrees that they are made of, all asked for at once. */
async function hashesOf(source: HashSource, ranges: readonly Range[]): Promise<Buffer[]> {
  const parts = ranges.map(subtreesOf);
  const known = [...(await source(parts.flat()))];
  return parts.map((of) => known.splice(0, of.length).reduceRight((right, left) => nodeHash(left, right)));
}

/** The hashes that prove a leaf to be in a tree (RFC 9162 section 2.1.3). @throws RangeError when it is not */
export const proveInclusion = (source: HashSource, leaf: number, size: number): Promise<Buffer[]> =>
  hashesOf(source, inclusionRanges(leaf, size));

/** The hashes that prove a tree to be the beginning of a larger one (RFC 9162 section 2.1.4). @throws RangeError as {@link consistencyRanges} */
export const proveConsistency = (source: HashSource, first: number, second: number): Promise<Buffer[]> =>
  hashesOf(source, consistencyRanges(first, second));

/** The root of the first so many leaves. */
export async function rootOf(source: HashSource, size: number): Promise<Buffer> {
  const [root] = await hashesOf(source, [{ start: 0, end: size }]);
  if (!root) throw new RangeError('a tree of no leaves has nothing to read');
  return root;
}
