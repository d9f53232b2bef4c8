import { command } from '../../../platform/index.ts';
import { lockException, moveException } from '../decision-store.ts';
import { exceptionById, scopeOfException } from '../lookup.ts';
import { exceptionProblem } from '../problems.ts';
import { keepSteps } from '../steps.ts';
import type { PlainResolution, StatementException } from '../types.ts';

export interface NewResolution {
  readonly exceptionId: string;
  readonly resolution: PlainResolution;
  readonly note: string;
}

/**
 * Closes an exception that posts nothing, with a decision and its reason.
 * @throws not_found; exception_settled unless it is open; separation_of_duties to who paid the cash or had a hand in its list
 */
export const resolveException = command<NewResolution, StatementException>({
  name: 'reconciliation.resolve_exception',
  scope: scopeOfException,
  async run({ tx, actor, now }, { exceptionId: id, resolution, note }) {
    const locked = await lockException(tx, id);
    if (locked?.state !== 'open') throw settled(locked?.state);
    const before = await exceptionById(tx, id, now);
    await moveException(tx, id, 'resolved', { resolution, note, by: actor.id, at: now });
    await keepSteps(tx, { at: now, by: actor.id, what: 'resolved', reason: note }, [{ id, facts: { resolution } }]);
    const after = await exceptionById(tx, id, now);
    return { result: after, subject: { type: 'exception', id }, before, after, reason: resolution };
  },
});

/** Why an exception in a state is not decided now. */
export const settled = (state: string | undefined) =>
  state === 'proposed'
    ? exceptionProblem.decision_waits('Something is proposed already. Approve or refuse that first.')
    : exceptionProblem.exception_settled('It is resolved. Have it opened again first.');
