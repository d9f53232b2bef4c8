import { brokenConstraint, newId, problem, RetryTransaction, type Tx } from '../platform/index.ts';
import { entriesOfSubject, insertReversals } from './entry-store.ts';
import { ledgerProblem } from './problems.ts';
import { isReversible, type ReversibleEvent, undoneBy } from './rules.ts';
import { say } from './words.ts';

/** The refusal to take back an entry of another kind, saying what to do instead. */
export const notReversible = (event: keyof typeof undoneBy) =>
  ledgerProblem.not_reversible(say('entry_stands', { event, undo: undoneBy[event] }), { event });

/** What a room above says against taking back what was posted of a record of its: it throws its refusal. */
export type ReversalGuard = (tx: Tx, posted: { readonly event: ReversibleEvent; readonly subjectId: string }) => Promise<void>;

/**
 * Takes back everything that was posted of a record, by entries that mirror its own: all of them or none.
 * @param at the moment of the new entries, not before the old ones
 * @param subject the record; with a fund, its entries in that fund alone
 * @returns each new entry and the one that it reverses
 * @throws not_found when nothing was posted of it; not_reversible; already_reversed; overdrawn when the money has been put to use since
 */
export async function reverseEntries(
  tx: Tx,
  at: Date,
  { subjectId, fundId, reason, guard }: { subjectId: string; fundId?: string; reason: string; guard?: ReversalGuard | undefined },
): Promise<{ id: string; reverses: string }[]> {
  const entries = await entriesOfSubject(tx, subjectId, fundId);
  if (entries.length === 0) throw problem.not_found('There is no such record.');
  for (const { event } of entries) {
    if (!isReversible(event)) throw notReversible(event);
  }
  const reversed = entries.find(({ reversedBy }) => reversedBy);
  if (reversed) throw ledgerProblem.already_reversed(say('nothing_changed'), { reversedBy: reversed.reversedBy });
  for (const event of new Set(entries.map(({ event }) => event))) if (isReversible(event)) await guard?.(tx, { event, subjectId });
  const reversals = entries.map(({ id }) => ({ id: newId(), reverses: id }));
  try {
    await insertReversals(tx, at, reason, reversals);
  } catch (error) {
    const broken = brokenConstraint(error);
    if (broken === 'journal_entries_reversed_once' || broken === 'journal_entries_once')
      throw new RetryTransaction('somebody else has reversed it meanwhile');
    if (broken === 'accounts_not_overdrawn') throw ledgerProblem.overdrawn(say('money_in_use'));
    throw error;
  }
  return reversals;
}

/**
 * Takes back everything that was posted of some records and stands, for a command of a room above that undoes what posted it.
 * @param reason at most 500 characters
 * @throws Error by constraint `accounts_not_overdrawn` when the money has been put to use since
 */
export async function takeBack(tx: Tx, at: Date, subjectIds: readonly string[], reason: string): Promise<void> {
  const entries: Awaited<ReturnType<typeof entriesOfSubject>> = [];
  for (const subjectId of subjectIds) entries.push(...(await entriesOfSubject(tx, subjectId, undefined)));
  const standing = entries.filter(({ reversedBy }) => reversedBy === null);
  if (standing.length > 0)
    await insertReversals(
      tx,
      at,
      reason,
      standing.map(({ id }) => ({ id: newId(), reverses: id })),
    );
}
