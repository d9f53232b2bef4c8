import { type Actor, brokenConstraint, type Command, command, problem } from '../../platform/index.ts';
import { handoverProblem } from '../problems.ts';
import type { AdvanceState } from '../rules.ts';
import { advanceById, markEnded, scopeOfAdvance } from '../store.ts';
import type { Advance } from '../types.ts';

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
      const before = await advanceById(tx, now, advanceId);
      mayEnd(actor, before);
      try {
        if (!(await markEnded(tx, advanceId, from, { state, by: actor.id, at: now, reason })))
          throw handoverProblem.advance_decided(`It is ${before.state}. Read it again.`, { state: before.state });
      } catch (error) {
        if (brokenConstraint(error) !== 'advances_closed_at_zero') throw error;
        const { amount, currency } = before.rest;
        throw handoverProblem.advance_not_at_zero(`${amount} ${currency} are still out. Have them delivered or brought back.`, {
          rest: amount,
        });
      }
      const after = await advanceById(tx, now, advanceId);
      return { result: after, subject: { type: 'advance', id: advanceId }, before, after, reason: reason ?? undefined };
    },
  }) satisfies Command<Ending, Advance>;

/** Finance says no to an advance. @throws not_found; advance_decided; separation_of_duties to the officer */
export const refuseAdvance = ending('handovers.refuse_advance', 'asked', 'refused');

/** The officer takes the request back. @throws not_found to anybody else; advance_decided */
export const withdrawAdvance = ending('handovers.withdraw_advance', 'asked', 'withdrawn', (actor, { officerId }) => {
  if (actor.id !== officerId) throw problem.not_found('There is no such record.');
});

/**
 * Closes an advance that has come to zero, when its receipts have been looked at. Until then it stays open and is listed with its age.
 * @throws not_found; advance_decided; advance_not_at_zero, with what is still out; separation_of_duties to the officer
 */
export const closeAdvance = ending('handovers.close_advance', 'handed', 'closed');
