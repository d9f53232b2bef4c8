import { beneficiaryScope, enrolApplicants } from '../beneficiaries/index.ts';
import { type Command, type CommandContext, command, type Db, problem, type Scope } from '../platform/index.ts';
import { decidePairs, type LockedPair, lockPairs, type PairName } from './decision-store.ts';
import { findMerger, lockMerger } from './merger-store.ts';
import { merge, unmerge } from './merging.ts';
import { inOrder } from './rules.ts';
import { blockedAmong } from './store.ts';
import type { Decision } from './types.ts';

/** A pair that is to be decided, as it was read. */
export interface ReadPair extends PairName {
  /** Which record goes on, when they are the same person. */
  readonly survivorId?: string | undefined;
  readonly version: number;
}

export interface PairsDecision {
  /** Where all of them have to be; the programme of the first unless it is given. */
  readonly programmeId?: string;
  readonly pairs: readonly ReadPair[];
  readonly decision: Decision;
  readonly reason: string;
}

/**
 * Decides whether two records are one person, for one pair or for many of one pattern: all of them or none. One person: the record that
 * does not go on points at the one that does. Two people: whoever waited for this decision alone is enrolled.
 * @throws not_found; forbidden to who registered either; unprocessable without a survivor of the two, or when the patterns differ;
 *   conflict when a pair has changed since or is settled
 */
export const decideDuplicatePairs = command<PairsDecision, { decided: number; pattern: string }>({
  name: 'deduplication.decide_pair',
  scope: (db, input) => scopeOf(db, input),
  async run(context, input) {
    const { tx, actor, now } = context;
    const { pairs, decision, reason } = input;
    const { programme = '' } = await scopeOf(tx, input);
    const locked = new Map((await lockPairs(tx, pairs)).map((pair) => [keyOf(pair), pair]));
    for (const [i, pair] of pairs.entries()) {
      const found = locked.get(keyOf(pair));
      if (found?.programmeId !== programme) throw problem.not_found('There is no such record.');
      refuseDecision(actor.id, found, pair, decision, pairs.length > 1 ? `/pairs/${i}` : '');
    }
    const patterns = [...new Set([...locked.values()].map(({ pattern }) => pattern))];
    if (patterns.length > 1)
      throw problem.unprocessable('Decide together only pairs that agree and differ in the same way: of one "pattern".');
    if (decision === 'same_person') refuseChains(pairs);
    await decidePairs(tx, pairs, { decision, reason, by: actor.id, at: now });
    if (decision === 'same_person') {
      for (const { firstId, secondId, survivorId = '' } of pairs) {
        await merge(context, survivorId === firstId ? secondId : firstId, survivorId, reason);
      }
    }
    if (decision !== 'needs_information')
      await enrolUnblocked(
        context,
        pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]),
      );
    const [only] = pairs;
    return {
      result: { decided: pairs.length, pattern: patterns[0] ?? '' },
      subject:
        only && pairs.length === 1 ? { type: 'duplicate_pair', id: keyOf(only) } : { type: 'duplicate_pairs_of_programme', id: programme },
      before: [...locked.values()].map(({ state }) => state),
      after: { decision, pairs: pairs.map(({ firstId, secondId, survivorId }) => ({ firstId, secondId, survivorId })) },
      reason,
    };
  },
});

const scopeOf = async (db: Db, { programmeId, pairs: [first] }: PairsDecision): Promise<Scope> =>
  programmeId ? { programme: programmeId } : beneficiaryScope(db, first?.firstId ?? '');

const keyOf = ({ firstId, secondId }: PairName): string => `${firstId}/${secondId}`;

function refuseDecision(actorId: string, pair: LockedPair, read: ReadPair, decision: Decision, pointer: string): void {
  const { firstId, secondId, survivorId, version } = read;
  const facts = { pair: keyOf(pair) };
  if (pair.hands.includes(actorId)) throw problem.forbidden('You registered one of these people. Ask somebody else to decide.', facts);
  if (pair.version !== version) throw problem.conflict('The pair has changed since you read it. Read it again.', facts);
  if (pair.state !== 'open' && pair.state !== 'needs_information')
    throw problem.conflict('This pair is settled.', { ...facts, state: pair.state });
  if ((decision === 'same_person') === (survivorId === firstId || survivorId === secondId)) return;
  const detail =
    decision === 'same_person'
      ? 'Name the record that goes on: one of the two.'
      : 'A record goes on in place of another only when they are the same person.';
  throw problem.unprocessable(detail, {}, [{ pointer: `${pointer}/survivorId`, detail }]);
}

/** Which of three records goes on is not said by pairs that are decided at once. */
function refuseChains(pairs: readonly ReadPair[]): void {
  const people = pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]);
  if (new Set(people).size < people.length) {
    throw problem.unprocessable('Somebody is in two of these pairs. Merge them one pair after another.');
  }
}

async function enrolUnblocked({ tx, now }: CommandContext, beneficiaryIds: readonly string[]): Promise<void> {
  const blocked = await blockedAmong(tx, beneficiaryIds);
  await enrolApplicants(
    tx,
    beneficiaryIds.filter((id) => !blocked.has(id)),
    now,
  );
}

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
 * @throws not_found; forbidden to who registered either; conflict when it was undone already, when either of them is on a list or was
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
      if (merger.undoneAt) throw problem.conflict('This merger was undone already.');
      const { loserId, survivorId } = merger;
      const [firstId, secondId] = inOrder(loserId, survivorId);
      const [pair] = await lockPairs(tx, [{ firstId, secondId }]);
      if (pair?.hands.includes(actor.id)) throw problem.forbidden('You registered one of these people. Ask somebody else to decide.');
      if (await paidSince(tx, [loserId, survivorId, ...merger.before.records], merger.mergedAt)) {
        throw problem.conflict('Since they were merged, one of the two was put on a payment list or paid. The records stay merged.');
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
