import { raiseAlert } from '../access/index.ts';
import { type Clock, type Database, newId, sql, type Tx } from '../platform/index.ts';
import { checkpointText } from './heads/checkpoint.ts';
import type { Signer } from './heads/note.ts';
import { eventHash } from './leaf.ts';
import * as store from './seal-store.ts';
import { isStored, MissingHash, storedTree } from './stored-tree.ts';
import { Frontier } from './tree/frontier.ts';
import { subtreesOf } from './tree/ranges.ts';

/** What sealing needs. */
export interface Sealer {
  readonly database: Database;
  readonly clock: Clock;
  readonly signer: Signer;
  /** The job that sends a head elsewhere, where heads are sent somewhere. */
  readonly sending?: string | undefined;
}

/** How one turn of the sealer ended: so many events have become leaves; somebody else seals; or the tree contradicts its own last head. */
export type Turn = { readonly sealed: number; readonly headSize?: number } | 'not_alone' | 'damaged';

/**
 * Makes leaves of the next events, in the order of the transactions that wrote them, and signs the tree that they make: all of it in one
 * transaction, so that a process that is killed leaves nothing half done. No command waits for it: it writes tables of its own.
 * @param limit events at most
 */
export function sealBatch({ database, clock, signer, sending }: Sealer, limit: number): Promise<Turn> {
  return database.transaction(async (tx) => {
    if (!(await store.becomeSealer(tx))) return 'not_alone';
    const last = await store.lastHead(tx);
    const tree = await treeAt(tx, last);
    if (!tree) {
      await sayOnce(tx, clock, last?.size ?? 0);
      return 'damaged';
    }
    const system = await store.databaseSystem(tx);
    const goesOn = last && continues(last, system);
    const { events, oldest } = goesOn ? await store.nextEvents(tx, last.sealedBelow, limit) : await store.unsealedEvents(tx, limit);
    const final = events.at(-1);
    if (!final) return { sealed: 0 };
    const [from, nodes] = [tree.size, [] as store.TreeNode[]];
    const hashes = events.map(eventHash);
    for (const hash of hashes) tree.add(hash, (level, index, made) => isStored(level) && nodes.push({ level, index, hash: made }));
    await store.addLeaves(
      tx,
      from,
      events.map(({ id }) => id as string),
      Buffer.concat(hashes),
    );
    await store.addNodes(tx, nodes);
    // A batch that is full may have cut a transaction in two, and of a restored database there is more to look through.
    const reached = goesOn ? (final.written_by as string) : '0';
    const head = { origin: signer.name, size: tree.size, root: tree.root() };
    await store.addHead(tx, clock.now(), {
      ...head,
      note: signer.sign(checkpointText(head)),
      verifierKey: signer.verifierKey,
      sealedBelow: events.length < limit ? oldest : reached,
      systemIdentifier: system.identifier,
    });
    if (sending) {
      await tx.insert('follow_ups', [{ id: newId(), job: sending, payload: { treeSize: String(tree.size) }, created_at: clock.now() }]);
    }
    return { sealed: events.length, headSize: tree.size };
  });
}

/** Whether the numbers of transactions have gone on since a head was signed. After a dump was restored they have begun again. */
const continues = ({ sealedBelow, systemIdentifier }: store.LastHead, { identifier, oldest }: store.System): boolean =>
  systemIdentifier === identifier && sealedBelow !== '0' && BigInt(sealedBelow) <= BigInt(oldest);

/** The right edge of the stored tree; undefined when it is not the tree that was signed last, on which nothing may be built. */
async function treeAt(tx: Tx, last: store.LastHead | undefined): Promise<Frontier | undefined> {
  const size = last?.size ?? 0;
  try {
    const tree = new Frontier(size, await storedTree(tx)(subtreesOf({ start: 0, end: size })));
    return !last || tree.root().equals(last.root) ? tree : undefined;
  } catch (error) {
    if (error instanceof MissingHash) return undefined;
    throw error;
  }
}

async function sayOnce(tx: Tx, clock: Clock, size: number): Promise<void> {
  const kind = 'audit.tree_damaged';
  if (await tx.first(sql`select from alerts where kind = ${kind} and subject_id = ${String(size)}`)) return;
  await raiseAlert(tx, clock.now(), { kind, subject: { type: 'audit_head', id: String(size) }, facts: { treeSize: size } });
}
