import { endExportsOf, eraseRecords, lockRecords, type PersonRecord } from '../beneficiaries/index.ts';
import { eraseFromFeedback } from '../feedback/index.ts';
import { eraseFromIntake } from '../intake/index.ts';
import { forgetReferencesOf } from '../messaging/index.ts';
import { eraseFromMonitoring } from '../monitoring/index.ts';
import { brokenConstraint, type CommandContext, type FollowUp, type Outcome } from '../platform/index.ts';
import { decideErasures, forgetAnswers, obstaclesOf, pairSubjects } from './erasure-store.ts';
import { privacyProblem } from './problems.ts';
import { placesOf } from './rules.ts';
import type { Obstacle } from './types.ts';
import { say } from './words.ts';

/** A person with all their records, and what stands in the way of erasing them. */
export interface Erasable {
  readonly survivorId: string;
  readonly records: readonly PersonRecord[];
  readonly obstacles: readonly Obstacle[];
}

/**
 * Takes people in hand who are to be erased: nobody writes of them until the transaction ends.
 * @param ids of any of their records; those who were erased already are left out
 */
export async function inHand({ tx }: Pick<CommandContext, 'tx'>, ids: readonly string[]): Promise<Erasable[]> {
  const records = (await lockRecords(tx, ids)).filter(({ isErased }) => !isErased);
  // Asked only now: whoever held one of them has committed, and what they wrote is seen.
  const obstacles = await obstaclesOf(
    tx,
    records.map(({ id }) => id),
  );
  const survivors = [...new Set(records.map(({ survivorId }) => survivorId))];
  return survivors.map((survivorId) => {
    const own = records.filter((record) => record.survivorId === survivorId);
    const ownIds = new Set(own.map(({ id }) => id));
    const found = obstacles.filter(({ record }) => ownIds.has(record)).map(({ obstacle, about }) => ({ obstacle, about }));
    return { survivorId, records: own, obstacles: found };
  });
}

/** @throws erasure_refused naming everything that is pending */
export function refusePending({ obstacles }: Pick<Erasable, 'obstacles'>): void {
  if (obstacles.length > 0) throw refused(obstacles);
}

const refused = (obstacles: readonly Obstacle[]) => privacyProblem.erasure_refused(say('erasure_pending'), {}, placesOf(obstacles));

/**
 * Erases people who are in hand and of whom nothing is pending, each under an erasure that was asked for.
 * @param erasureOf the erasure of each, by survivor
 * @returns the work to start once it has committed, and the events of what else it ended
 */
export async function erase(
  { tx, keyRing, actor, now }: CommandContext,
  people: readonly Erasable[],
  erasureOf: (survivorId: string) => string,
): Promise<{ followUps: FollowUp[]; others: NonNullable<Outcome<unknown>['others']> }> {
  const records = people.flatMap((person) => person.records);
  const ids = records.map(({ id }) => id);
  const erasureIds = people.map(({ survivorId }) => erasureOf(survivorId));
  await decideErasures(tx, erasureIds, 'done', actor.id, now);
  try {
    await eraseRecords(
      tx,
      records.map(({ id, survivorId }) => ({ id, erasureId: erasureOf(survivorId) })),
      actor.id,
      now,
    );
  } catch (error) {
    if (brokenConstraint(error) !== 'beneficiaries_erased_when_settled') throw error;
    throw privacyProblem.erasure_refused(say('erasure_money_on_way'));
  }
  await eraseFromIntake(tx, keyRing, records);
  await forgetReferencesOf(tx, ids);
  await eraseFromFeedback(tx, ids, now);
  await eraseFromMonitoring(tx, ids, now);
  await forgetAnswers(tx, [...ids, ...new Set(records.map(({ householdId }) => householdId)), ...(await pairSubjects(tx, ids))]);
  // Last, so that whoever asks for an export meanwhile waits no longer than they must.
  const ended = await endExportsOf(tx, [...new Set(records.map(({ programmeId }) => programmeId))], now);
  return {
    followUps: erasureIds.map((erasureId) => ({ job: 'privacy.note_erasure', payload: { erasureId } })),
    others: ended.map(({ id, programmeId, state }) => ({
      subject: { type: 'person_export', id },
      scope: { programme: programmeId },
      before: { state },
      after: { state: 'revoked', endReason: 'erasure' },
    })),
  };
}
