import type { Tx } from '../platform/index.ts';
import type { Rule } from './finding/rule.ts';
import { growSignal, insertItems, insertSignal, judgedItems, type Newest, narrowedTo, newestOf } from './keep-store.ts';
import { whatCounts } from './rules.ts';
import type { Found } from './types.ts';

/** A signal that was made, or has grown. */
export interface Kept {
  readonly id: string;
  readonly isNew: boolean;
  readonly officeId: string | null;
  readonly count: number;
  /** The one that was judged before, which it follows. */
  readonly follows: string | null;
}

/**
 * Writes what a rule has found. What was found before grows, as long as nobody has judged it and it does not come to concern who is judging it; what
 * was judged stands, and what has come since is a signal that follows it.
 */
export async function keep(tx: Tx, now: Date, programmeId: string, { kind, items: of }: Rule, found: readonly Found[]): Promise<Kept[]> {
  if (found.length === 0) return [];
  const keys = [...new Set(found.map(({ key }) => key))].sort();
  const newest = await newestOf(tx, programmeId, kind, keys);
  const judged = await judgedItems(tx, programmeId, kind, keys);
  const kept: Kept[] = [];
  for (const key of keys) {
    const before = newest.get(key);
    const best = whatCounts(
      found.filter((one) => one.key === key),
      before,
      judged.get(key),
    );
    if (!best) continue;
    const { items, isFollowing } = best;
    const counted = isFollowing ? await narrowedTo(tx, of, best.found, items) : best.found;
    const isNew = before === undefined || isJudged(before);
    const id = isNew ? await insertSignal(tx, now, { programmeId, kind, before }, counted) : before.id;
    await insertItems(tx, id, items);
    if (!isNew) await growSignal(tx, id, counted);
    kept.push({ id, isNew, officeId: counted.officeId, count: counted.count, follows: isNew ? (before?.id ?? null) : null });
  }
  return kept;
}

const isJudged = ({ state }: Newest): boolean => state === 'dismissed' || state === 'confirmed';
