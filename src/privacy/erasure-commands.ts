import { separationOfDuties } from '../access/index.ts';
import { beneficiaryScope } from '../beneficiaries/index.ts';
import { brokenConstraint, command, type Db, newId, problem, type Scope, type Tx } from '../platform/index.ts';
import { erase, inHand, refusePending } from './erase.ts';
import { decideErasures, findErasure, insertErasures, lockErasure, type NewErasure } from './erasure-store.ts';
import type { Erasure, ErasureGround, Obstacle } from './types.ts';
import { say } from './words.ts';

/** An erasure, and what would stand in its way now. */
export type AskedErasure = Erasure & { readonly pending: readonly Obstacle[] };

const gone = () => problem.conflict(say('erased_already'));
const subjectOf = (beneficiaryId: string) => ({ type: 'beneficiary', id: beneficiaryId });

/** Where an erasure belongs. @throws not_found */
export async function erasureScope(db: Db, { erasureId }: { erasureId: string }): Promise<Scope> {
  const erasure = await findErasure(db, erasureId);
  if (!erasure) throw problem.not_found('There is no such record.');
  return { programme: erasure.programmeId };
}

async function kept(tx: Tx, id: string): Promise<Erasure> {
  const erasure = await findErasure(tx, id);
  if (!erasure) throw new Error('an erasure that was written is gone');
  return erasure;
}

export interface Asking {
  readonly beneficiaryId: string;
  readonly ground: ErasureGround;
  readonly reason: string;
}

/**
 * Asks that a person be erased. Nothing happens before somebody else confirms it; what stands in the way now is said.
 * @throws not_found; conflict when they were erased already, when it was asked for already, or for a record that was merged
 */
export const askErasure = command<Asking, AskedErasure>({
  name: 'privacy.ask_erasure',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run(context, { beneficiaryId, ground, reason }) {
    const { tx, actor, now } = context;
    const [person] = await inHand(context, [beneficiaryId]);
    if (!person) throw gone();
    const { survivorId, records, obstacles } = person;
    if (survivorId !== beneficiaryId) {
      throw problem.conflict(say('erasure_of_merged'), {
        mergedInto: survivorId,
      });
    }
    const programmeId = records[0]?.programmeId ?? '';
    const asked: NewErasure = { id: newId(), beneficiaryId, programmeId, ground, reason, origin: 'people', runId: null };
    try {
      await insertErasures(tx, [asked], actor.id, now);
    } catch (error) {
      if (brokenConstraint(error) === 'erasures_one_asked') throw problem.conflict(say('erasure_asked'));
      throw error;
    }
    const erasure = await kept(tx, asked.id);
    const result = { ...erasure, pending: obstacles };
    return { result, subject: subjectOf(beneficiaryId), after: erasure, reason: `${ground}: ${reason}` };
  },
});

/**
 * Erases a person, for good: their key, everything sealed under it, and everything that they can be found by, on all their records.
 * @throws not_found; separation_of_duties to who asked; conflict when it was decided already or the records were merged since; erasure_refused naming
 *   everything that is pending
 */
export const confirmErasure = command<{ erasureId: string }, Erasure>({
  name: 'privacy.confirm_erasure',
  scope: erasureScope,
  async run(context, { erasureId }) {
    const { tx, actor } = context;
    const asked = await lockErasure(tx, erasureId);
    if (asked?.state !== 'asked') throw problem.conflict(say('erasure_decided'), { state: asked?.state ?? null });
    if (asked.askedBy === actor.id) throw separationOfDuties('erasures_two_people');
    const [person] = await inHand(context, [asked.beneficiaryId]);
    if (!person) throw gone();
    if (person.survivorId !== asked.beneficiaryId) {
      throw problem.conflict(say('erasure_merged_since'), {
        mergedInto: person.survivorId,
      });
    }
    refusePending(person);
    const { followUps, others } = await erase(context, [person], () => erasureId);
    const result = await kept(tx, erasureId);
    return {
      result,
      subject: subjectOf(asked.beneficiaryId),
      before: asked,
      after: result,
      reason: `${asked.ground}: ${asked.reason}`,
      followUps,
      others,
    };
  },
});

/** Takes back what was asked. @throws not_found; conflict when it was decided already */
export const withdrawErasure = command<{ erasureId: string; reason: string }, Erasure>({
  name: 'privacy.withdraw_erasure',
  scope: erasureScope,
  async run({ tx, actor, now }, { erasureId, reason }) {
    const before = await lockErasure(tx, erasureId);
    if (before?.state !== 'asked') throw problem.conflict(say('erasure_decided'), { state: before?.state ?? null });
    await decideErasures(tx, [erasureId], 'withdrawn', actor.id, now);
    const result = await kept(tx, erasureId);
    return { result, subject: subjectOf(before.beneficiaryId), before, after: result, reason };
  },
});

/** What a line of the journal asks for: records that were erased once, and are here again. */
export interface Again {
  readonly records: readonly string[];
  readonly ground: ErasureGround;
}

/**
 * Erases people again who came back with a backup.
 * @returns how many people; none when nobody of them is here, or all are erased
 * @throws erasure_refused while something is pending for them, as of the backup
 */
export const eraseAgain = command<Again, { erased: number }>({
  name: 'privacy.erase_again',
  scope: () => undefined,
  async run(context, { records, ground }) {
    const { tx, actor, now } = context;
    const people = await inHand(context, records);
    for (const person of people) refusePending(person);
    const erasures = people.map(({ survivorId, records: [first] }): NewErasure => {
      const programmeId = first?.programmeId ?? '';
      return { id: newId(), beneficiaryId: survivorId, programmeId, ground, reason: null, origin: 'journal', runId: null };
    });
    await insertErasures(tx, erasures, actor.id, now);
    const idOf = new Map(erasures.map(({ id, beneficiaryId }) => [beneficiaryId, id]));
    // They stand in the journal already.
    const { others } = people.length > 0 ? await erase(context, people, (survivorId) => idOf.get(survivorId) as string) : { others: [] };
    return { result: { erased: people.length }, subject: { type: 'beneficiary', id: records[0] ?? 'none' }, after: erasures, others };
  },
});
