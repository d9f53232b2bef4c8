import { type Db, sql } from '../platform/index.ts';
import { nodeHash } from './tree/hashing.ts';
import type { HashSource } from './tree/proofs.ts';
import type { Subtree } from './tree/ranges.ts';

/** The levels that are stored: the leaves, every 256 of them, every 256 of those. What lies between is at most 128 stored hashes away. */
export const STORED_LEVELS = 8;

export const isStored = (level: number): boolean => level > 0 && level % STORED_LEVELS === 0;

interface Stretch {
  readonly level: number;
  readonly first: number;
  readonly count: number;
}

// The stored hashes that a subtree is made of.
function stretchOf({ level, index }: Subtree): Stretch {
  const above = level % STORED_LEVELS;
  return { level: level - above, first: index * 2 ** above, count: 2 ** above };
}

/** The hashes of complete subtrees of the stored tree. However large it is, a proof is two statements that read some hundred rows. */
export const storedTree =
  (db: Db): HashSource =>
  async (subtrees) => {
    const stretches = subtrees.map(stretchOf);
    const [leaves, nodes] = await Promise.all([hashesIn(db, 0, stretches), hashesIn(db, 1, stretches)]);
    return stretches.map(({ level, count }, i) => {
      const hashes = (level === 0 ? leaves : nodes).get(i) ?? [];
      if (hashes.length !== count) throw new MissingHash(subtrees[i] as Subtree);
      return joined(hashes);
    });
  };

/** A hash that the tree must hold and does not: it was tampered with. */
export class MissingHash extends Error {
  override readonly name = 'MissingHash';

  constructor({ level, index }: Subtree) {
    super(`the stored tree lacks hashes under its node ${level}/${index}`);
  }
}

/** @param lowest 0 for the leaves, 1 for the nodes above them */
async function hashesIn(db: Db, lowest: 0 | 1, stretches: readonly Stretch[]): Promise<Map<number, Buffer[]>> {
  const asked = stretches.flatMap(({ level, first, count }, i) =>
    level > 0 === lowest > 0 ? [{ i, level, first, last: first + count - 1 }] : [],
  );
  const found = new Map<number, Buffer[]>();
  if (asked.length === 0) return found;
  // The inner order and limit make each stretch one walk along the index, whatever the planner believes of the tables.
  const json = JSON.stringify(asked);
  const rows = await db.all<{ i: number; hash: Buffer }>(
    lowest === 0
      ? sql`select a.i, l.hash from jsonb_to_recordset(${json}::jsonb) as a (i int, first bigint, last bigint)
          join lateral (select leaf_index, hash from audit_leaves where leaf_index between a.first and a.last
            order by leaf_index limit 256) l on true
          order by a.i, l.leaf_index`
      : sql`select a.i, n.hash from jsonb_to_recordset(${json}::jsonb) as a (i int, level int, first bigint, last bigint)
          join lateral (select node_index, hash from audit_nodes where level = a.level and node_index between a.first and a.last
            order by level, node_index limit 256) n on true
          order by a.i, n.node_index`,
  );
  for (const { i, hash } of rows) {
    const hashes = found.get(i);
    if (hashes) hashes.push(hash);
    else found.set(i, [hash]);
  }
  return found;
}

function joined(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 1) return hashes[0] as Buffer;
  const middle = hashes.length / 2;
  return nodeHash(joined(hashes.slice(0, middle)), joined(hashes.slice(middle)));
}
