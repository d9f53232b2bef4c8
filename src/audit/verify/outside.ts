import type { Db } from '../../platform/index.ts';
import type { Checkpoint } from '../heads/checkpoint.ts';
import { headsIn, isThere } from '../heads/head-file.ts';
import { headAt, headsAfter } from '../heads/head-store.ts';
import { isSigned, type Verifier } from '../heads/note.ts';
import { type Finding, finding, type TrailFinding } from './findings.ts';

/** What the heads outside say that the database does not say itself. */
export interface Outside {
  /** Sizes at which inside and outside agree, in ascending order. */
  readonly agreed: Float64Array;
  /** Signed heads outside that the database does not hold, to be held against the tree; by size, a few thousand at most. */
  readonly strangers: ReadonlyMap<number, readonly Checkpoint[]>;
  readonly heads: number;
  readonly findings: readonly Finding<TrailFinding>[];
}

const MOST_STRANGERS = 5_000;

/** Reads a file of heads against the heads in the database, one line at a time; what is remembered of a head is its size. */
export async function readOutside(db: Db, file: string, verifiers: readonly Verifier[]): Promise<Outside> {
  const sizes: number[] = [];
  const strangers = new Map<number, Checkpoint[]>();
  const findings: Finding<TrailFinding>[] = [];
  if (!(await isThere(file))) {
    findings.push(finding('outside_missing', 'file', file, 'there are no heads outside the database'));
  }
  let [heads, kept] = [0, 0];
  let page = new Map<number, Buffer>();
  let reaches = 0;
  for await (const { note, checkpoint } of headsIn(file)) {
    heads += 1;
    const { size, root } = checkpoint;
    if (!isSigned(note, verifiers)) {
      findings.push(finding('head_signature_bad', 'outside_head', size, 'the head outside is not signed by a known key'));
      continue;
    }
    if (size > reaches) {
      const next = await headsAfter(db, size - 1, 1_000);
      page = new Map(next.map((head) => [head.treeSize, head.root]));
      reaches = next.at(-1)?.treeSize ?? size;
    }
    const own = page.get(size) ?? (await headAt(db, size))?.root;
    if (own?.equals(root)) {
      sizes.push(size);
    } else if (kept < MOST_STRANGERS) {
      strangers.set(size, [...(strangers.get(size) ?? []), checkpoint]);
      kept += 1;
      if (!own) findings.push(finding('head_missing', 'head', size, 'the head stands outside and not in the database'));
    }
  }
  return { agreed: Float64Array.from(sizes).sort(), strangers, heads, findings };
}

/** Finds a size in {@link Outside.agreed}. */
export function holds(sizes: Float64Array, size: number): boolean {
  let [low, high] = [0, sizes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sizes[middle] ?? 0) < size) low = middle + 1;
    else high = middle;
  }
  return sizes[low] === size;
}
