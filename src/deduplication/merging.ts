import { mergeInto, separate } from '../beneficiaries/index.ts';
import { type CommandContext, problem } from '../platform/index.ts';
import { insertMerger, type Merger, markUndone, reopenPairs, supersedePairs } from './merger-store.ts';
import { say } from './words.ts';

/**
 * Makes one record stand for another. Both keep their history; what the merged record is owed is its survivor's as long as it points at
 * them. Who stands for whom has changed, so both are compared again once this has been committed.
 * @returns the household whose head it took, if it did
 */
export async function merge(
  { tx, actor, now }: CommandContext,
  loserId: string,
  survivorId: string,
  reason: string,
): Promise<string | undefined> {
  const before = await mergeInto(tx, loserId, survivorId, { by: actor.id, at: now });
  await supersedePairs(tx, loserId, reason, actor.id, now);
  await insertMerger(tx, { loserId, survivorId, before, by: actor.id, at: now });
  return before.headOf;
}

/** Puts everything back to where a merger found it. @throws conflict when the survivor has itself been merged since */
export async function unmerge({ tx, actor, now }: CommandContext, merger: Merger, reason: string): Promise<void> {
  const { id, loserId, survivorId, mergedInto } = merger;
  if (mergedInto !== survivorId) throw problem.conflict(say('survivor_merged'));
  await markUndone(tx, id, reason, actor.id, now);
  await separate(tx, merger, { by: actor.id, at: now });
  await reopenPairs(tx, loserId);
}
