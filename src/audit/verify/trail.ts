import type { Db } from '../../platform/index.ts';
import { checkpointIn } from '../heads/checkpoint.ts';
import { headsAfter, type StoredHead } from '../heads/head-store.ts';
import { isSigned, type Verifier } from '../heads/note.ts';
import { STORED_LEVELS } from '../stored-tree.ts';
import { Frontier } from '../tree/frontier.ts';
import { type Finding, finding, type TrailFinding } from './findings.ts';
import { holds, type Outside, readOutside } from './outside.ts';
import { type Grown, readSegment } from './segment.ts';
import { countNodes, nodeHashes, treeSize, unsealedAfter } from './store.ts';

export interface TrailCheck {
  readonly now: Date;
  /** The public keys that are vouched for from outside the database. */
  readonly verifiers: readonly Verifier[];
  /** The file of heads outside; without it the database is held against itself alone. */
  readonly headsFile?: string | undefined;
  /** Told now and then how many leaves have been read. */
  progress?(leaves: number): void;
}

/** What was looked at. */
export interface TrailSummary {
  readonly events: number;
  readonly heads: number;
  readonly outsideHeads: number;
}

/** How long an event may wait for its leaf, and a head for its place outside, before that is worth saying. */
const PATIENCE_MS = 15 * 60_000;
const PAGE = 1_000;
const EVENTS_PAGE = 20_000;

const nothing: Outside = { agreed: new Float64Array(), strangers: new Map(), heads: 0, findings: [] };

/**
 * Recomputes the whole trail: every event against its leaf, every leaf and node against the heads, every head against its signature and its
 * copy outside. It reads one stretch between two heads after another, so that memory does not grow with the trail.
 */
export async function* verifyTrail(db: Db, check: TrailCheck): AsyncGenerator<Finding<TrailFinding>, TrailSummary> {
  const outside = check.headsFile === undefined ? nothing : await readOutside(db, check.headsFile, check.verifiers);
  yield* outside.findings;
  const strangers = new Set(outside.strangers.keys());
  const overdue = check.now.getTime() - PATIENCE_MS;
  let tree = new Frontier();
  let [heads, isLost, unjudged] = [0, false, 0];
  for (let last = 0, more = true; more; ) {
    const page = await headsAfter(db, last, PAGE);
    more = page.length === PAGE;
    for (const head of page) {
      last = head.treeSize;
      heads += 1;
      yield* faultsOf(head, check.verifiers);
      if (check.headsFile !== undefined && !holds(outside.agreed, last) && head.signedAt.getTime() < overdue) {
        yield finding('head_missing', 'head', last, 'the head stands in the database and not outside');
      }
      const root = checkpointIn(head.note)?.root ?? head.root;
      const segment = await readSegment(db, tree, { size: last, root }, strangers);
      const { proved } = segment;
      // After one head that is not of this tree no later one is; only what their own leaves say is new.
      yield* segment.findings.filter(({ kind }) => !isLost || kind !== 'head_forked');
      if (isLost) unjudged += 1;
      if (proved) {
        yield* strangeRoots(outside, proved);
        yield* await wrongNodes(db, proved);
      }
      isLost ||= !proved;
      tree = segment.tree;
      check.progress?.(tree.size);
    }
  }
  // Heads that the database has lost are as good as those that it has kept.
  const size = await treeSize(db);
  for (const lost of [...outside.strangers.values()].flat().sort((a, b) => a.size - b.size)) {
    if (isLost || lost.size <= tree.size || lost.size > size) continue;
    const segment = await readSegment(db, tree, lost, strangers);
    yield* segment.findings;
    isLost ||= !segment.proved;
    tree = segment.tree;
  }
  if (unjudged > 0) yield finding('head_forked', 'head', `${unjudged} more`, 'the heads after it are not of this tree either');
  yield* await beyondHeads(db, outside, tree.size, size, isLost);
  yield* await unsealed(db, overdue);
  return { events: tree.size, heads, outsideHeads: outside.heads };
}

function* faultsOf(
  { note, root, treeSize: size, verifierKey }: StoredHead,
  verifiers: readonly Verifier[],
): Generator<Finding<TrailFinding>> {
  const signed = checkpointIn(note);
  if (signed?.size !== size || !signed.root.equals(root)) {
    yield finding('head_changed', 'head', size, 'size and root are not those of its note');
  }
  if (!isSigned(note, verifiers)) yield finding('head_signature_bad', 'head', size, `nobody vouches for a signature under ${verifierKey}`);
}

function* strangeRoots({ strangers }: Outside, { roots }: Grown): Generator<Finding<TrailFinding>> {
  for (const [size, root] of roots) {
    for (const stranger of strangers.get(size) ?? []) {
      if (!root.equals(stranger.root)) yield finding('head_forked', 'head', size, 'a signed head outside is not one of this tree');
    }
  }
}

async function wrongNodes(db: Db, { nodes }: Grown): Promise<Finding<TrailFinding>[]> {
  if (nodes.length === 0) return [];
  const known = await nodeHashes(db, nodes);
  return nodes.flatMap(({ level, index, hash }) =>
    known.get(`${level}/${index}`)?.equals(hash)
      ? []
      : [finding('node_changed', 'node', `${level}/${index}`, 'the stored hash is not the one that its leaves make')],
  );
}

async function beyondHeads(
  db: Db,
  { strangers }: Outside,
  signed: number,
  size: number,
  isLost: boolean,
): Promise<Finding<TrailFinding>[]> {
  const findings: Finding<TrailFinding>[] = [];
  // A head may have been signed since the last one was read; its leaves are judged next time.
  const [newer] = await headsAfter(db, signed, 1);
  if (size > signed && !newer) {
    findings.push(finding('event_added', 'leaf', signed, `leaves ${signed} to ${size - 1} are covered by no head`));
  }
  for (const stranger of strangers.keys()) {
    if (stranger > size) {
      findings.push(finding('event_missing', 'head', stranger, `a head outside was signed over ${stranger} events; there are ${size}`));
    } else if (isLost) {
      findings.push(finding('head_forked', 'head', stranger, 'the head outside cannot be held against a tree that contradicts itself'));
    }
  }
  let nodes = 0;
  for (let each = 2 ** STORED_LEVELS; each <= size; each *= 2 ** STORED_LEVELS) nodes += Math.floor(size / each);
  const stored = await countNodes(db);
  if (!newer && stored !== nodes) findings.push(finding('node_changed', 'node', stored, `${nodes} nodes were to be stored`));
  return findings;
}

async function* unsealed(db: Db, overdue: number): AsyncGenerator<Finding<TrailFinding>> {
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof unsealedAfter>> = await unsealedAfter(db, after, EVENTS_PAGE);
    for (const { id, command, at, passedOver } of page.unsealed) {
      if (passedOver) yield finding('event_added', 'audit_event', id, `${command}: it came after its time had been sealed`);
      else if (at.getTime() < overdue) yield finding('event_added', 'audit_event', id, `${command}: it has waited too long to be sealed`);
    }
    if (page.last === null) return;
    after = page.last;
  }
}
