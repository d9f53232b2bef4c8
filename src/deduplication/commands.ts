import { beneficiaryScope, enrolApplicants, mergeInto } from '../beneficiaries/index.ts';
import { type CommandContext, command, problem } from '../platform/index.ts';
import { compareBeneficiaries } from './compare.ts';
import { openPair } from './queries.ts';
import { blockedAmong, decidePair, lockPair, supersedePairs } from './store.ts';
import type { Decision, DuplicatePair } from './types.ts';

export interface PairDecision {
  readonly firstId: string;
  readonly secondId: string;
  readonly decision: Decision;
  /** Which record goes on, when they are the same person. */
  readonly survivorId?: string;
  readonly reason: string;
  /** The pair's, as it was read. */
  readonly version: number;
}

/**
 * Decides whether two records are one person. One person: the record that does not go on points at the one that does. Two people:
 * whoever waited for this decision alone is enrolled.
 * @throws not_found; forbidden to who registered either; unprocessable without a survivor of the two; conflict when the pair has
 *   changed since or is settled
 */
export const decideDuplicatePair = command<PairDecision, DuplicatePair>({
  name: 'deduplication.decide_pair',
  scope: (db, { firstId }) => beneficiaryScope(db, firstId),
  async run(context, { firstId, secondId, decision, survivorId, reason, version }) {
    const { tx, actor, now, keyRing } = context;
    const pair = await lockPair(tx, firstId, secondId);
    if (!pair) throw problem.not_found('There is no such record.');
    if (pair.hands.includes(actor.id)) throw problem.forbidden('You registered one of these people. Ask somebody else to decide.');
    if (pair.version !== version) throw problem.conflict('The pair has changed since you read it. Read it again.');
    if (pair.state !== 'open' && pair.state !== 'needs_information') throw problem.conflict('This pair is settled.', { state: pair.state });
    if ((decision === 'same_person') !== (survivorId === firstId || survivorId === secondId)) {
      const detail =
        decision === 'same_person'
          ? 'Name the record that goes on: one of the two.'
          : 'A record goes on in place of another only when they are the same person.';
      throw problem.unprocessable(detail, {}, [{ pointer: '/survivorId', detail }]);
    }
    await decidePair(tx, firstId, secondId, decision, reason, actor.id, now);
    if (decision === 'same_person') await merge(context, survivorId === firstId ? secondId : firstId, survivorId ?? '', reason);
    if (decision !== 'needs_information') await enrolUnblocked(context, [firstId, secondId]);
    return {
      result: await openPair(tx, keyRing, firstId, secondId),
      subject: { type: 'duplicate_pair', id: `${firstId}/${secondId}` },
      before: { state: pair.state },
      after: { state: decision, survivorId },
      reason,
    };
  },
});

async function merge(context: CommandContext, loserId: string, survivorId: string, reason: string): Promise<void> {
  const { tx, actor, now } = context;
  await mergeInto(tx, loserId, survivorId, now);
  await supersedePairs(tx, loserId, reason, actor.id, now);
  // What speaks against the merged record speaks against its survivor from now on.
  const { programme = '' } = await beneficiaryScope(tx, survivorId);
  await compareBeneficiaries(context, programme, [loserId]);
}

async function enrolUnblocked({ tx, now }: CommandContext, beneficiaryIds: readonly string[]): Promise<void> {
  const blocked = await blockedAmong(tx, beneficiaryIds);
  await enrolApplicants(
    tx,
    beneficiaryIds.filter((id) => !blocked.has(id)),
    now,
  );
}
