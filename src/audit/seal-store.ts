import { type Db, sql, type Tx } from '../platform/index.ts';
import { type SealedEvent, sealedColumns } from './leaf.ts';
import { HASH_BYTES } from './tree/hashing.ts';
import type { Subtree } from './tree/ranges.ts';

/** Held by whoever seals; two would give one place in the tree to two events. */
const SEALERS_LOCK = 0x5ea1;

/** Whether nobody else is sealing. Nobody waits: a command takes no such lock, and another sealer comes again. */
export async function becomeSealer(tx: Tx): Promise<boolean> {
  const row = await tx.first<{ alone: boolean }>(sql`select pg_try_advisory_xact_lock(${SEALERS_LOCK}) as alone`);
  return row?.alone === true;
}

/** How far sealing has come. */
export interface LastHead {
  readonly size: number;
  readonly root: Buffer;
  readonly sealedBelow: string;
  readonly systemIdentifier: string;
}

export const lastHead = (db: Db): Promise<LastHead | undefined> =>
  db
    .first<Omit<LastHead, 'size'> & { size: string }>(sql`
      select tree_size as size, root, sealed_below as "sealedBelow", system_identifier as "systemIdentifier"
      from audit_heads order by tree_size desc limit 1`)
    .then((row) => row && { ...row, size: Number(row.size) });

/** This database system, and the oldest of its transactions that may still be under way. */
export interface System {
  readonly identifier: string;
  readonly oldest: string;
}

export async function databaseSystem(db: Db): Promise<System> {
  const row = await db.first<System>(sql`
    select system_identifier as identifier, pg_snapshot_xmin(pg_current_snapshot()) as oldest from pg_control_system()`);
  if (!row) throw new Error('the database does not say which it is');
  return row;
}

/** Events without a leaf, in the order in which they are sealed, and the oldest transaction that this reading could not see the end of. */
export interface Batch {
  readonly events: readonly SealedEvent[];
  readonly oldest: string;
}

/** What transactions from this one on have written, as far as all before them have ended: no event can appear among those later. */
export async function nextEvents(tx: Tx, from: string, limit: number): Promise<Batch> {
  // One statement is one snapshot, so the bound is that of the rows.
  const rows = await tx.all<SealedEvent & { oldest: string }>(sql`
    select ${sealedColumns}, pg_snapshot_xmin(pg_current_snapshot()) as oldest from audit_events e
    where e.written_by >= ${from}::xid8 and e.written_by < pg_snapshot_xmin(pg_current_snapshot())
      and not exists (select from audit_leaves l where l.event_id = e.id)
    order by e.written_by, e.id limit ${limit}`);
  return batchOf(rows);
}

/** Every event that has no leaf, whatever number it carries: for a restored database, whose numbers began again. */
export async function unsealedEvents(tx: Tx, limit: number): Promise<Batch> {
  const rows = await tx.all<SealedEvent & { oldest: string }>(sql`
    select ${sealedColumns}, pg_snapshot_xmin(pg_current_snapshot()) as oldest from audit_events e
    where not exists (select from audit_leaves l where l.event_id = e.id) order by e.written_by, e.id limit ${limit}`);
  return batchOf(rows);
}

const batchOf = (rows: readonly (SealedEvent & { oldest: string })[]): Batch => ({ events: rows, oldest: rows[0]?.oldest ?? '0' });

/** Adds leaves from a place on: the events' identifiers, and their hashes one after another. */
export const addLeaves = (tx: Tx, from: number, eventIds: readonly string[], hashes: Buffer): Promise<number> =>
  tx.run(sql`
    insert into audit_leaves (leaf_index, event_id, hash)
    select ${from}::bigint + n - 1, event_id, substr(${hashes}::bytea, ((n - 1) * ${HASH_BYTES}::int + 1)::int, ${HASH_BYTES}::int)
    from unnest(${eventIds}::uuid[]) with ordinality as e (event_id, n)`);

/** A subtree with its hash. */
export interface TreeNode extends Subtree {
  readonly hash: Buffer;
}

export const addNodes = (tx: Tx, nodes: readonly TreeNode[]): Promise<void> =>
  tx.insert(
    'audit_nodes',
    nodes.map(({ level, index, hash }) => ({ level, node_index: index, hash })),
  );

/** A signed head as it is kept. */
export interface NewHead extends LastHead {
  readonly note: string;
  readonly verifierKey: string;
}

export async function addHead(tx: Tx, at: Date, { size, root, note, verifierKey, sealedBelow, systemIdentifier }: NewHead): Promise<void> {
  await tx.run(sql`insert into audit_keys (verifier_key, first_used_at) values (${verifierKey}, ${at}) on conflict do nothing`);
  await tx.run(sql`
    insert into audit_heads (tree_size, root, note, verifier_key, signed_at, sealed_below, system_identifier)
    values (${size}, ${root}, ${note}, ${verifierKey}, ${at}, ${sealedBelow}::xid8, ${systemIdentifier}::bigint)`);
}
