import { separationOfDuties } from '../access/index.ts';
import { beneficiaryScope, enrolApplicants } from '../beneficiaries/index.ts';
import { type CommandContext, command, type Db, problem, type Scope } from '../platform/index.ts';
import { decidePairs, type LockedPair, lockPairs, type PairName } from './decision-store.ts';
import { headlessAmong } from './merger-store.ts';
import { merge } from './merging.ts';
import { blockedAmong } from './store.ts';
import type { Decision, HeadlessHousehold } from './types.ts';
import { say } from './words.ts';

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

export interface Decided {
  readonly decided: number;
  readonly pattern: string;
  /** Whose heads were merged into another record: they need others. */
  readonly headlessHouseholds: HeadlessHousehold[];
}

/**
 * Decides whether two records are one person, for one pair or for many of one pattern: all of them or none. One person: the record that
 * does not go on points at the one that does. Two people: whoever waited for this decision alone is enrolled.
 * @throws not_found; separation_of_duties to who registered or verified either; unprocessable without a survivor of the two, or when the patterns differ;
 *   conflict when a pair has changed since or is settled, or one of its records was merged
 */
export const decideDuplicatePairs = command<PairsDecision, Decided>({
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
    if (patterns.length > 1) throw problem.unprocessable(say('pairs_of_patterns'));
    if (decision === 'same_person') refuseChains(pairs);
    await decidePairs(tx, pairs, { decision, reason, by: actor.id, at: now });
    const headless: string[] = [];
    if (decision === 'same_person') {
      for (const { firstId, secondId, survivorId = '' } of pairs) {
        const headOf = await merge(context, survivorId === firstId ? secondId : firstId, survivorId, reason);
        if (headOf) headless.push(headOf);
      }
    }
    if (decision !== 'needs_information')
      await enrolUnblocked(
        context,
        pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]),
      );
    const [only] = pairs;
    return {
      result: { decided: pairs.length, pattern: patterns[0] ?? '', headlessHouseholds: await headlessAmong(tx, headless) },
      subject:
        only && pairs.length === 1 ? { type: 'duplicate_pair', id: keyOf(only) } : { type: 'duplicate_pairs_of_programme', id: programme },
      before: [...locked.values()].map(({ state }) => state),
      others:
        pairs.length > 1
          ? [...locked].map(([id, { state }]) => ({ subject: { type: 'duplicate_pair', id }, before: state, after: { decision } }))
          : [],
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
  if (pair.hands.includes(actorId)) throw separationOfDuties('duplicate_pairs_decided_by_another', facts);
  if (pair.version !== version) throw problem.conflict(say('pair_changed'), facts);
  if (pair.state !== 'open' && pair.state !== 'needs_information')
    throw problem.conflict(say('pair_settled'), { ...facts, state: pair.state });
  if (pair.survivorId)
    throw problem.conflict(say('pair_record_merged'), {
      ...facts,
      survivorId: pair.survivorId,
    });
  if ((decision === 'same_person') === (survivorId === firstId || survivorId === secondId)) return;
  const detail = decision === 'same_person' ? say('survivor_missing') : say('survivor_of_two');
  throw problem.unprocessable(detail, {}, [{ pointer: `${pointer}/survivorId`, detail }]);
}

/** Which of three records goes on is not said by pairs that are decided at once. */
function refuseChains(pairs: readonly ReadPair[]): void {
  const people = pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]);
  if (new Set(people).size < people.length) {
    throw problem.unprocessable(say('pairs_in_chain'));
  }
}

async function enrolUnblocked({ tx, now }: CommandContext, beneficiaryIds: readonly string[]): Promise<void> {
  const blocked = await blockedAmong(tx, beneficiaryIds);
  enrolApplicants(
    tx,
    beneficiaryIds.filter((id) => !blocked.has(id)),
    now,
  );
}
