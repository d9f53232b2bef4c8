import { type Db, problem, type Scope, sql } from '../platform/index.ts';
import { headAt, newestHead, type StoredHead } from './heads/head-store.ts';
import { type SealedEvent, sealedColumns } from './leaf.ts';
import { auditProblem } from './problems.ts';
import type { ConsistencyProof, InclusionProof } from './proof.ts';
import { storedTree } from './stored-tree.ts';
import { proveConsistency, proveInclusion } from './tree/proofs.ts';

const base64 = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64'));

/** An event as it is sealed, and its place in the tree. @throws not_found */
export async function sealedEvent(db: Db, id: string): Promise<{ event: SealedEvent; leaf: number | null; scope: Scope }> {
  const row = await db.first<SealedEvent & { leaf: string | null }>(sql`
    select ${sealedColumns}, l.leaf_index as leaf from audit_events e left join audit_leaves l on l.event_id = e.id where e.id = ${id}`);
  if (!row) throw problem.not_found('There is no such record.');
  const { leaf, ...event } = row;
  const { programme_id, office_id, fund_id } = event;
  const scope = { programme: programme_id ?? undefined, office: office_id ?? undefined, fund: fund_id ?? undefined };
  return { event, leaf: leaf === null ? null : Number(leaf), scope };
}

/**
 * Proves that an event is in the trail, against the newest head.
 * @throws not_found; not_sealed_yet for an event of the last seconds
 */
export async function inclusionProof(db: Db, id: string): Promise<InclusionProof> {
  const [{ event, leaf }, head] = await Promise.all([sealedEvent(db, id), newestHead(db)]);
  if (leaf === null || !head || leaf >= head.treeSize) throw auditProblem.not_sealed_yet('Ask again in some seconds.');
  const path = await proveInclusion(storedTree(db), leaf, head.treeSize);
  return {
    format: 'sanad-inclusion-1',
    event: Object.fromEntries(Object.entries(event).filter((column): column is [string, string] => column[1] !== null)),
    leafIndex: leaf,
    path: base64(path),
    head: head.note,
    verifierKey: head.verifierKey,
  };
}

/**
 * Proves that one head's trail is the beginning of another's.
 * @param from size of the earlier, and `to` of the later
 * @throws not_found when either was never signed; unprocessable when they are the wrong way round
 */
export async function consistencyProof(db: Db, from: number, to: number): Promise<ConsistencyProof> {
  if (from > to) throw problem.unprocessable('Give the smaller tree first.', {}, [{ pointer: '/query/from', detail: 'Not above "to".' }]);
  const [first, second] = await Promise.all([signedAt(db, from), signedAt(db, to)]);
  return {
    format: 'sanad-consistency-1',
    first: first.note,
    second: second.note,
    path: base64(await proveConsistency(storedTree(db), from, to)),
    verifierKeys: [...new Set([first.verifierKey, second.verifierKey])],
  };
}

async function signedAt(db: Db, size: number): Promise<StoredHead> {
  const head = await headAt(db, size);
  if (!head) throw problem.not_found(`No head was signed over ${size} events.`);
  return head;
}
