import { type CommandContext, command, type Db, problem } from '../../../platform/index.ts';
import { decide, findDecision, lockException, moveException } from '../decision-store.ts';
import { exceptionById, scopeOfException, sheetOf } from '../lookup.ts';
import { carryOut } from '../posting.ts';
import { exceptionProblem, heldToRules } from '../problems.ts';
import { openAgain } from '../reopening.ts';
import { endsClaim } from '../rules.ts';
import { keepSteps } from '../steps.ts';
import type { Decision, ExceptionSheet, PostedResolution } from '../types.ts';

interface Place {
  readonly exceptionId: string;
  readonly proposalId: string;
}

/** The proposal, which must wait still; of two who decide at once the second is told. @throws not_found; decision_decided */
async function waiting(db: Db, { exceptionId, proposalId }: Place): Promise<Decision> {
  const decision = await findDecision(db, proposalId);
  if (decision?.exceptionId !== exceptionId) throw problem.not_found('There is no such record.');
  if (decision.state !== 'proposed') throw exceptionProblem.decision_decided(`It is ${decision.state}.`, { state: decision.state });
  return decision;
}

async function carry({ tx, actor, now }: CommandContext, programmeId: string, decision: Decision): Promise<void> {
  const { exceptionId, kind, note } = decision;
  if (kind === 'reopening') return openAgain(tx, exceptionId, { reopening: decision.id, reason: note, at: now });
  await carryOut(tx, now, programmeId, decision);
  if (!endsClaim(kind))
    await moveException(tx, exceptionId, 'resolved', { resolution: kind satisfies PostedResolution, note, by: actor.id, at: now });
}

/**
 * Approves what somebody else proposed, which posts it.
 * @throws not_found; decision_decided; fund_short; listed_since; separation_of_duties to who proposed it or had a hand in it
 */
export const approveProposal = command<Place, ExceptionSheet>({
  name: 'reconciliation.approve_resolution',
  scope: scopeOfException,
  async run(context, place) {
    const { tx, actor, now } = context;
    await lockException(tx, place.exceptionId);
    const decision = await waiting(tx, place);
    const before = await exceptionById(tx, place.exceptionId, now);
    await heldToRules(decide(tx, decision.id, { state: 'approved', by: actor.id, at: now, note: null }));
    await heldToRules(carry(context, before.programmeId, decision));
    const facts = { proposal: decision.id, resolution: decision.kind };
    const what = decision.kind === 'reopening' ? 'reopened' : 'approved';
    await keepSteps(tx, { at: now, by: actor.id, what, reason: decision.note }, [{ id: place.exceptionId, facts }]);
    const after = await sheetOf(tx, place.exceptionId, now);
    const subject = { type: 'exception', id: place.exceptionId };
    return { result: after, subject, before, after, reason: `${decision.kind}: ${decision.note}`.slice(0, 500) };
  },
});

/**
 * Refuses what was proposed, or takes back what one proposed oneself. Nothing is posted.
 * @throws not_found; decision_decided; separation_of_duties to who had a hand in the list or paid the cash
 */
export const refuseProposal = command<Place & { readonly reason: string }, ExceptionSheet>({
  name: 'reconciliation.refuse_resolution',
  scope: scopeOfException,
  async run({ tx, actor, now }, { reason, ...place }) {
    const locked = await lockException(tx, place.exceptionId);
    const decision = await waiting(tx, place);
    const before = await exceptionById(tx, place.exceptionId, now);
    await heldToRules(decide(tx, decision.id, { state: 'refused', by: actor.id, at: now, note: reason }));
    if (locked?.state === 'proposed') await moveException(tx, place.exceptionId, 'open', null);
    const facts = { proposal: decision.id, resolution: decision.kind };
    await keepSteps(tx, { at: now, by: actor.id, what: 'refused', reason }, [{ id: place.exceptionId, facts }]);
    const after = await sheetOf(tx, place.exceptionId, now);
    return { result: after, subject: { type: 'exception', id: place.exceptionId }, before, after, reason };
  },
});
