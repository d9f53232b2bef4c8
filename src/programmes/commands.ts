import { brokenConstraint, type Command, command, type FollowUp, newId, placesWrong, problem } from '../platform/index.ts';
import { changed, faultsOf, wholeProgramme } from './rules.ts';
import { findProgramme, insertProgramme, type StoredProgramme, updateProgramme } from './store.ts';
import { insertTerms } from './terms-store.ts';
import type { NewProgramme, Programme, ProgrammeChange } from './types.ts';
import { say } from './words.ts';

/**
 * Creates a programme in its first version.
 * @throws unprocessable when a value breaks a rule; conflict when the code is taken
 */
export const createProgramme = command<NewProgramme, Programme>({
  name: 'programmes.create_programme',
  scope: () => ({}),
  async run({ tx, actor, now }, input) {
    const programme: Programme = { id: newId(), ...wholeProgramme(input), createdAt: now.toISOString() };
    const faults = faultsOf(programme);
    if (faults.length > 0) throw placesWrong(faults);
    try {
      await insertProgramme(tx, programme, actor.id);
    } catch (error) {
      if (brokenConstraint(error) === 'programmes_code_key') throw problem.conflict(say('programme_code_taken', { code: input.code }));
      throw error;
    }
    await insertTerms(tx, programme, 1);
    return { result: programme, subject: { type: 'programme', id: programme.id }, scope: { programme: programme.id }, after: programme };
  },
});

export interface ChangeOfProgramme {
  readonly id: string;
  /** The version that the caller has read. */
  readonly version: number;
  readonly change: ProgrammeChange;
  readonly reason: string;
}

/** What follows when a programme ends on another day. @param was its last day before, ISO 8601 */
export type EndsOtherwise = (programmeId: string, was: string) => FollowUp;

/**
 * Makes the next version of a programme that is still as the caller read it. What was submitted under a version stays under it.
 * @throws not_found; conflict when it has changed since; unprocessable when a value breaks a rule
 */
export const changeProgramme = (endsOtherwise: EndsOtherwise): Command<ChangeOfProgramme, StoredProgramme> =>
  command<ChangeOfProgramme, StoredProgramme>({
    name: 'programmes.change_programme',
    scope: (_db, { id }) => ({ programme: id }),
    async run({ tx, actor, now }, { id, version, change, reason }) {
      const before = await findProgramme(tx, id);
      if (!before) throw problem.not_found('There is no such record.');
      const programme = changed(before.programme, change);
      const faults = faultsOf(programme);
      if (faults.length > 0) throw placesWrong(faults);
      const next = await updateProgramme(tx, programme, version, { by: actor.id, at: now, reason });
      if (!next) throw problem.conflict(say('programme_changed'));
      await insertTerms(tx, programme, next);
      const was = before.programme.endsOn;
      return {
        result: { programme, version: next },
        subject: { type: 'programme', id },
        before: before.programme,
        after: programme,
        reason,
        followUps: programme.endsOn === was ? [] : [endsOtherwise(id, was)],
      };
    },
  });
