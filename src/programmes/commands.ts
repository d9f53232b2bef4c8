import { brokenConstraint, command, newId, problem } from '../platform/index.ts';
import { faultsOf } from './rules.ts';
import { findProgramme, insertProgramme, type StoredProgramme, updateProgramme } from './store.ts';
import type { NewProgramme, Programme, ProgrammeChange } from './types.ts';

/**
 * Creates a programme with its approval rules.
 * @throws unprocessable when a value breaks a rule; conflict when the code is taken
 */
export const createProgramme = command<NewProgramme, Programme>({
  name: 'programmes.create_programme',
  scope: () => ({}),
  async run({ tx, actor, now }, input) {
    const faults = faultsOf(input);
    if (faults.length > 0) throw problem.unprocessable('The programme breaks a rule.', {}, faults);
    const programme: Programme = { id: newId(), ...input, createdAt: now.toISOString() };
    try {
      await insertProgramme(tx, programme, actor.id);
    } catch (error) {
      if (brokenConstraint(error) === 'programmes_code_key') throw problem.conflict(`There is a programme ${input.code} already.`);
      throw error;
    }
    return { result: programme, subject: { type: 'programme', id: programme.id }, scope: { programme: programme.id }, after: programme };
  },
});

/**
 * Changes a programme that is still as the caller read it.
 * @throws not_found; conflict when it has changed since; unprocessable when it would end before it starts
 */
export const changeProgramme = command<{ id: string; version: number; change: ProgrammeChange }, StoredProgramme>({
  name: 'programmes.change_programme',
  scope: (_db, { id }) => ({ programme: id }),
  async run({ tx }, { id, version, change }) {
    const before = await findProgramme(tx, id);
    if (!before) throw problem.not_found('There is no such programme.');
    const programme = { ...before.programme, ...change } as Programme;
    const faults = faultsOf(programme);
    if (faults.length > 0) throw problem.unprocessable('The change breaks a rule.', {}, faults);
    const now = await updateProgramme(tx, id, version, change);
    if (!now) throw problem.conflict('Somebody changed the programme meanwhile. Read it again.');
    return { result: { programme, version: now }, subject: { type: 'programme', id }, before: before.programme, after: programme };
  },
});
