import { type Actor, brokenConstraint, type Command, command, problem } from '../../platform/index.ts';
import { alreadyDecided, handoverProblem } from '../problems.ts';
import type { AdvanceState } from '../rules.ts';
import { advanceById, lockRound, markEnded, scopeOfAdvance } from '../store.ts';
import type { Advance } from '../types.ts';
import { say } from '../words.ts';

interface Ending {
  readonly advanceId: string;
  readonly reason?: string;
}

/** One way in which an advance comes to its end. @param mayEnd refuses who may not, by throwing */
const ending = (name: string, from: AdvanceState, state: AdvanceState, mayEnd: (actor: Actor, advance: Advance) => void = () => {}) =>
  command<Ending, Advance>({
    name,
    scope: (db, { advanceId }) => scopeOfAdvance(db, advanceId),
    async run({ tx, actor, now }, { advanceId, reason = null }) {
      await lockRound(tx, advanceId);
      const before = await advanceById(tx, now, advanceId);
      mayEnd(actor, before);
      if (!(await heldToAdvance(before, markEnded(tx, advanceId, from, { state, by: actor.id, at: now, reason }))))
        throw alreadyDecided(before);
      const after = await advanceById(tx, now, advanceId);
      return { result: after, subject: { type: 'advance', id: advanceId }, before, after, reason: reason ?? undefined };
    },
  }) satisfies Command<Ending, Advance>;

/** Does something that ends an advance, and says why it does not end. @throws advance_not_at_zero; advance_unwitnessed */
export const heldToAdvance = async <Result>({ rest }: Advance, work: Promise<Result>): Promise<Result> => {
  try {
    return await work;
  } catch (error) {
    const broken = brokenConstraint(error);
    if (broken === 'advances_witnessed') throw handoverProblem.advance_unwitnessed(say('advance_unwitnessed'));
    if (broken !== 'advances_closed_at_zero') throw error;
    throw handoverProblem.advance_not_at_zero(say('advance_not_at_zero', rest), { rest: rest.amount });
  }
};

/** Finance says no to an advance. @throws not_found; advance_decided; separation_of_duties to the officer */
export const refuseAdvance = ending('handovers.refuse_advance', 'asked', 'refused');

/** The officer takes the request back. @throws not_found to anybody else; advance_decided */
export const withdrawAdvance = ending('handovers.withdraw_advance', 'asked', 'withdrawn', (actor, { officerId }) => {
  if (actor.id !== officerId) throw problem.not_found('There is no such record.');
});

/**
 * Closes an advance that has come to zero, when its receipts have been looked at and their witnesses have confirmed them. Until then it stays open and is
 * listed with its age.
 * @throws not_found; advance_decided; advance_not_at_zero, with what is still out; advance_unwitnessed; separation_of_duties to the officer, and to who
 *   accepted a delivery that its witness did not confirm
 */
export const closeAdvance = ending('handovers.close_advance', 'handed', 'closed');
