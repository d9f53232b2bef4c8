import { type Db, sql } from '../../platform/index.ts';
import { type SealedEvent, sealedColumns } from '../leaf.ts';
import type { Subtree } from '../tree/ranges.ts';

/** A leaf, and the event it is of, if that is still there. */
export interface LeafRow {
  readonly index: number;
  readonly eventId: string;
  readonly hash: Buffer;
  readonly event: SealedEvent | undefined;
}

/** The leaves from one place up to another, in order. */
export async function leavesBetween(db: Db, from: number, to: number): Promise<LeafRow[]> {
  // The inner limit keeps each look-up one step into an index, whatever the planner believes of the tables.
  const rows = await db.all<SealedEvent & { leaf: string; eventId: string; hash: Buffer }>(sql`
    select l.leaf_index as leaf, l.event_id as "eventId", l.hash, s.* from audit_leaves l
    left join lateral (select ${sealedColumns} from audit_events e where e.id = l.event_id limit 1) s on true
    where l.leaf_index >= ${from} and l.leaf_index < ${to} order by l.leaf_index`);
  return rows.map(({ leaf, eventId, hash, ...event }) => ({
    index: Number(leaf),
    eventId,
    hash,
    event: event.id === null ? undefined : event,
  }));
}

/** How many leaves there are, if none is missing before the last. */
export const treeSize = (db: Db): Promise<number> =>
  db.first<{ size: string }>(sql`select coalesce(max(leaf_index) + 1, 0) as size from audit_leaves`).then((row) => Number(row?.size ?? 0));

/** The stored hashes of these nodes; what is not there is left out. */
export async function nodeHashes(db: Db, nodes: readonly Subtree[]): Promise<Map<string, Buffer>> {
  const rows = await db.all<{ level: number; index: string; hash: Buffer }>(sql`
    select n.level, n.node_index as index, n.hash from jsonb_to_recordset(${JSON.stringify(nodes)}::jsonb) as a (level int, index bigint)
    join audit_nodes n on n.level = a.level and n.node_index = a.index`);
  return new Map(rows.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
}

export const countNodes = (db: Db): Promise<number> =>
  db.first<{ nodes: string }>(sql`select count(*) as nodes from audit_nodes`).then((row) => Number(row?.nodes ?? 0));

/** An event that has no leaf. */
export interface UnsealedEvent {
  readonly id: string;
  readonly command: string;
  readonly at: Date;
  /** Whether its transaction is one of those that had been sealed already. */
  readonly passedOver: boolean;
}

/**
 * The events without a leaf among the next so many, by identifier.
 * @returns them, and the last identifier that was looked at; none when there are no more
 */
export async function unsealedAfter(
  db: Db,
  after: string | null,
  limit: number,
): Promise<{ unsealed: UnsealedEvent[]; last: string | null }> {
  const rows = await db.all<UnsealedEvent & { isLast: boolean }>(sql`
    with page as materialized (
      select e.id, e.command, e.at, e.written_by from audit_events e where ${after}::uuid is null or e.id > ${after}::uuid order by e.id limit ${limit}),
    reached as materialized (select h.sealed_below from audit_heads h, pg_control_system() s
      where h.system_identifier = s.system_identifier order by h.tree_size desc limit 1)
    select p.id, p.command, p.at, coalesce(p.written_by < (select sealed_below from reached), false) as "passedOver", false as "isLast" from page p
    where not exists (select from audit_leaves l where l.event_id = p.id)
    union all (select p.id, p.command, p.at, false, true from page p order by p.id desc limit 1)`);
  return { unsealed: rows.filter(({ isLast }) => !isLast), last: rows.find(({ isLast }) => isLast)?.id ?? null };
}
