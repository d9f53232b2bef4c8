import { separationOfDuties } from '../access/index.ts';
import { beneficiaryScope } from '../beneficiaries/index.ts';
import { type Command, command, type Db, problem } from '../platform/index.ts';
import { decidePairs, lockPairs, type PairName } from './decision-store.ts';
import { findMerger, lockMerger } from './merger-store.ts';
import { unmerge } from './merging.ts';
import { inOrder } from './rules.ts';
import type { Decision } from './types.ts';
import { say } from './words.ts';

/** Whether any of these people was put on a payment list that counts, or was paid, since a moment: what rooms above this one know. */
export type PaidSince = (db: Db, beneficiaryIds: readonly string[], since: Date) => Promise<boolean>;

export interface Undoing {
  readonly mergerId: string;
  readonly becomes: Exclude<Decision, 'same_person'>;
  readonly reason: string;
}

/**
 * Takes a record out of the one that it was merged into. The pair of the two becomes what the caller says.
 * @returns the pair
 * @throws not_found; forbidden to who registered or verified either; conflict when it was undone already, when either of them is on a list or was
 *   paid since, or when the survivor was merged since
 */
export const undoMerger = (paidSince: PaidSince): Command<Undoing, PairName> =>
  command({
    name: 'deduplication.undo_merger',
    async scope(db, { mergerId }) {
      const merger = await findMerger(db, mergerId);
      if (!merger) throw problem.not_found('There is no such record.');
      return beneficiaryScope(db, merger.loserId);
    },
    async run(context, { mergerId, becomes, reason }) {
      const { tx, actor, now } = context;
      const merger = await lockMerger(tx, mergerId);
      if (!merger) throw problem.not_found('There is no such record.');
      if (merger.undoneAt) throw problem.conflict(say('merger_undone'));
      if (merger.isErased) throw problem.conflict(say('merger_erased'));
      const { loserId, survivorId } = merger;
      const [firstId, secondId] = inOrder(loserId, survivorId);
      const [pair] = await lockPairs(tx, [{ firstId, secondId }]);
      if (pair?.hands.includes(actor.id)) throw separationOfDuties('mergers_by_another');
      if (await paidSince(tx, [loserId, survivorId, ...merger.before.records], merger.mergedAt)) {
        throw problem.conflict(say('merger_paid'));
      }
      await unmerge(context, merger, reason);
      await decidePairs(tx, [{ firstId, secondId }], { decision: becomes, reason, by: actor.id, at: now });
      return {
        result: { firstId, secondId },
        subject: { type: 'merger', id: mergerId },
        before: { loserId, survivorId, merged: true },
        after: { loserId, survivorId, merged: false, becomes },
        reason,
      };
    },
  });
