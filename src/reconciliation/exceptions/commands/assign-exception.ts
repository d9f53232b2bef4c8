import { command, problem } from '../../../platform/index.ts';
import { setDueOn, setOwner } from '../life-store.ts';
import { exceptionById, scopeOfException } from '../lookup.ts';
import { whoMayResolve } from '../people.ts';
import { exceptionProblem } from '../problems.ts';
import { keepSteps } from '../steps.ts';
import type { StatementException } from '../types.ts';

export interface Assignment {
  readonly exceptionId: string;
  readonly ownerId: string;
  readonly reason: string;
  /** The version that the caller read. */
  readonly version: number;
}

/**
 * Gives an exception to somebody who could resolve it.
 * @throws not_found; conflict when it has changed since, or is resolved; owner_unfit for somebody without the role for it;
 *   separation_of_duties for somebody who paid the cash or had a hand in its list
 */
export const assignException = command<Assignment, StatementException>({
  name: 'reconciliation.assign_exception',
  scope: scopeOfException,
  async run({ tx, actor, now }, { exceptionId: id, ownerId, reason, version }) {
    const before = await exceptionById(tx, id, now);
    await refuseUnfit(await whoMayResolve(tx, before.programmeId, [ownerId], now), ownerId);
    if (!(await setOwner(tx, id, ownerId, version))) throw changed();
    await keepSteps(tx, { at: now, by: actor.id, what: 'assigned', reason }, [{ id, facts: { from: before.ownerId, to: ownerId } }]);
    const after = await exceptionById(tx, id, now);
    return { result: after, subject: { type: 'exception', id }, before, after, reason };
  },
});

/** @throws owner_unfit */
export function refuseUnfit(fit: ReadonlySet<string>, ownerId: string): void {
  if (!fit.has(ownerId))
    throw exceptionProblem.owner_unfit('Name somebody with a role under which exceptions of this programme are resolved.', {}, [
      { pointer: '/ownerId', detail: 'No such role for this programme.' },
    ]);
}

const changed = () => problem.conflict('It has changed since, or is resolved. Read it again.');

/** Says until when an exception is to be dealt with. @throws not_found; conflict when it has changed since, or is resolved */
export const changeDueDate = command<Omit<Assignment, 'ownerId'> & { readonly dueOn: string }, StatementException>({
  name: 'reconciliation.change_due_date',
  scope: scopeOfException,
  async run({ tx, actor, now }, { exceptionId: id, dueOn, reason, version }) {
    const before = await exceptionById(tx, id, now);
    if (!(await setDueOn(tx, id, dueOn, version))) throw changed();
    await keepSteps(tx, { at: now, by: actor.id, what: 'due_changed', reason }, [{ id, facts: { from: before.dueOn, to: dueOn } }]);
    const after = await exceptionById(tx, id, now);
    return { result: after, subject: { type: 'exception', id }, before, after, reason };
  },
});
