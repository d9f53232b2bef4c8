import type { Db } from '../../platform/index.ts';
import { eventHash } from '../leaf.ts';
import { isStored } from '../stored-tree.ts';
import type { Frontier } from '../tree/frontier.ts';
import type { Subtree } from '../tree/ranges.ts';
import { type Finding, finding, type TrailFinding } from './findings.ts';
import { leavesBetween } from './store.ts';

const PAGE = 5_000;
/** Up to so many leaves between two heads it is also tried whether another order explains what is wrong. */
const MOST_IN_MIND = 50_000;

interface Place {
  readonly index: number;
  readonly eventId: string;
  readonly stored: Buffer;
  /** The hash of the event as it stands; undefined when it is gone. */
  readonly made: Buffer | undefined;
  readonly writtenBy: bigint;
}

/** A tree as one reading of the leaves makes it, with its roots on the way and the nodes that were completed. */
export interface Grown {
  readonly tree: Frontier;
  readonly roots: ReadonlyMap<number, Buffer>;
  readonly nodes: readonly (Subtree & { readonly hash: Buffer })[];
}

/** The leaves between two heads, judged by the later of them. */
export interface Segment {
  /** The reading that the head signed; undefined when none is. */
  readonly proved: Grown | undefined;
  /** The tree to go on with. */
  readonly tree: Frontier;
  readonly findings: readonly Finding<TrailFinding>[];
}

class Growing {
  readonly #tree: Frontier;
  readonly #roots = new Map<number, Buffer>();
  readonly #nodes: (Subtree & { hash: Buffer })[] = [];
  readonly #asked: ReadonlySet<number>;

  constructor(tree: Frontier, asked: ReadonlySet<number>) {
    this.#tree = tree.copy();
    this.#asked = asked;
  }

  add(leaf: Buffer): void {
    this.#tree.add(leaf, (level, index, hash) => isStored(level) && this.#nodes.push({ level, index, hash }));
    if (this.#asked.has(this.#tree.size)) this.#roots.set(this.#tree.size, this.#tree.root());
  }

  get grown(): Grown {
    return { tree: this.#tree, roots: this.#roots, nodes: this.#nodes };
  }
}

/**
 * Reads the leaves from where a tree ends up to the size of a signed head, and says what was changed if they do not make its root. The root is
 * the arbiter: between a leaf and its event it tells which of them was changed, and whether another order is the one that was signed.
 * @param asked sizes at which the root is wanted as well
 */
export async function readSegment(
  db: Db,
  before: Frontier,
  head: { size: number; root: Buffer },
  asked: ReadonlySet<number>,
): Promise<Segment> {
  const [stored, made] = [new Growing(before, asked), new Growing(before, asked)];
  const findings: Finding<TrailFinding>[] = [];
  const odd: Place[] = [];
  const inMind: Place[] = [];
  let next = before.size;
  for (let from = before.size; from < head.size; from += PAGE) {
    for (const { index, eventId, hash, event } of await leavesBetween(db, from, Math.min(from + PAGE, head.size))) {
      for (; next < index; next += 1) findings.push(finding('event_missing', 'leaf', next, 'the leaf is gone from the tree'));
      next = index + 1;
      const place: Place = {
        index,
        eventId,
        stored: hash,
        made: event && eventHash(event),
        writtenBy: BigInt(event?.written_by ?? 0),
      };
      stored.add(hash);
      made.add(place.made ?? hash);
      if (!place.made?.equals(hash)) odd.push(place);
      if (head.size - before.size <= MOST_IN_MIND) inMind.push(place);
    }
  }
  if (next < head.size) {
    findings.push(finding('event_missing', 'head', head.size, `the head was signed over ${head.size} events; the tree ends after ${next}`));
  }
  const asStored = stored.grown;
  if (asStored.tree.root().equals(head.root))
    return { proved: asStored, tree: asStored.tree, findings: [...findings, ...odd.map(changed(odd))] };
  const asMade = made.grown;
  if (asMade.tree.root().equals(head.root)) {
    const wrong = odd.map(({ index, eventId, made: own }) =>
      own
        ? finding('leaf_changed', 'leaf', index, `the hash stored for event ${eventId} is not the one that was signed`)
        : finding('event_missing', 'audit_event', eventId, `leaf ${index} names it`),
    );
    return { proved: asMade, tree: asMade.tree, findings: [...findings, ...wrong] };
  }
  const sorted = [...inMind].sort((a, b) =>
    a.writtenBy === b.writtenBy ? (a.eventId < b.eventId ? -1 : 1) : a.writtenBy < b.writtenBy ? -1 : 1,
  );
  const inOrder = new Growing(before, asked);
  for (const { made: own, stored: hash } of sorted) inOrder.add(own ?? hash);
  const asSorted = inOrder.grown;
  if (sorted.length > 0 && asSorted.tree.root().equals(head.root)) {
    const moved = sorted.flatMap(({ eventId, index }, i) =>
      index === before.size + i
        ? []
        : [finding('order_changed', 'audit_event', eventId, `sealed as leaf ${before.size + i}, and now leaf ${index}`)],
    );
    return { proved: asSorted, tree: asSorted.tree, findings: [...findings, ...moved] };
  }
  const forked = finding('head_forked', 'head', head.size, `leaves ${before.size} to ${head.size - 1} are not those that were signed`);
  return { proved: undefined, tree: asStored.tree, findings: [...findings, ...odd.map(changed(odd)), forked] };
}

// An event that has the hash of another leaf has changed places with that one's.
const changed =
  (odd: readonly Place[]) =>
  ({ index, eventId, made }: Place): Finding<TrailFinding> => {
    if (!made) return finding('event_missing', 'audit_event', eventId, `leaf ${index} names it`);
    const own = odd.find(({ stored }) => stored.equals(made));
    return own
      ? finding('order_changed', 'audit_event', eventId, `sealed as leaf ${own.index}, and now leaf ${index}`)
      : finding('event_changed', 'audit_event', eventId, `it is not what was sealed as leaf ${index}`);
  };
