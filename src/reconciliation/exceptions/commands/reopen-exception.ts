import { command, newId } from '../../../platform/index.ts';
import { decisionsOf, insertDecision, lockException } from '../decision-store.ts';
import { exceptionById, scopeOfException, sheetOf } from '../lookup.ts';
import { exceptionProblem, heldToRules } from '../problems.ts';
import { openAgain } from '../reopening.ts';
import { keepSteps } from '../steps.ts';
import { type ExceptionSheet, plainResolutions } from '../types.ts';

/**
 * Opens a resolved exception again. Where its resolution posted something this is a proposal, which somebody else approves.
 * @throws not_found; exception_settled unless it is resolved; decision_waits; separation_of_duties to who had a hand in it
 */
export const reopenException = command<{ readonly exceptionId: string; readonly reason: string }, ExceptionSheet>({
  name: 'reconciliation.reopen_exception',
  scope: scopeOfException,
  async run({ tx, actor, now }, { exceptionId, reason }) {
    const locked = await lockException(tx, exceptionId);
    const before = await exceptionById(tx, exceptionId, now);
    if (locked?.state !== 'resolved') throw exceptionProblem.exception_settled('It is not resolved, so there is nothing to open again.');
    if ((await decisionsOf(tx, exceptionId)).some(({ state }) => state === 'proposed'))
      throw exceptionProblem.decision_waits('Something is proposed already. Approve or refuse that first.');
    const isPlain = locked.resolution === 'superseded' || plainResolutions.some((resolution) => resolution === locked.resolution);
    const id = newId();
    if (isPlain) await heldToRules(openAgain(tx, exceptionId, { reopening: undefined, reason, at: now }));
    else {
      const nothing = { amount: null, fundId: null, officeId: null, reference: null };
      await heldToRules(insertDecision(tx, { id, exceptionId, kind: 'reopening', note: reason, ...nothing }, actor.id, now));
    }
    const [what, facts] = isPlain ? ['reopened', {}] : ['proposed', { proposal: id, resolution: 'reopening' }];
    await keepSteps(tx, { at: now, by: actor.id, what, reason }, [{ id: exceptionId, facts }]);
    const after = await sheetOf(tx, exceptionId, now);
    return { result: after, subject: { type: 'exception', id: exceptionId }, before, after, reason };
  },
});
