import { post } from '../../ledger/index.ts';
import { brokenConstraint, command, Money, newId, problem, RetryTransaction } from '../../platform/index.ts';
import { handoverProblem } from '../problems.ts';
import { readReturn } from '../rules.ts';
import { advanceById, insertReturn, scopeOfAdvance } from '../store.ts';
import type { AdvanceReturn } from '../types.ts';
import { say, stateSaid } from '../words.ts';

interface BroughtBack {
  readonly advanceId: string;
  readonly amount: { readonly amount: string; readonly currency: string };
  /** Of the receipt that finance gave for it. */
  readonly reference: string;
}

/**
 * Records cash that an officer brought back or, of what was lost, that was found.
 * @throws not_found; unprocessable for an amount that cannot be; advance_not_out; advance_used_up when more comes back than is out; conflict
 *   when the reference was recorded before; separation_of_duties to the officer
 */
export const takeBack = command<BroughtBack, AdvanceReturn>({
  name: 'handovers.take_back',
  scope: (db, { advanceId }) => scopeOfAdvance(db, advanceId),
  async run({ tx, actor, now }, { advanceId, amount: given, reference }) {
    const { programmeId, fundId, officerId, state, rest, lost, recovered } = await advanceById(tx, now, advanceId);
    const amount = readReturn(given, rest.currency);
    if (!(amount instanceof Money)) throw problem.unprocessable(say('return_unfit'), {}, [amount]);
    const isRecovery = state === 'lost';
    if (state !== 'handed' && !isRecovery)
      throw handoverProblem.advance_not_out(say('advance_in_state', { state: stateSaid[state] }), { state });
    const missing = isRecovery ? Money.of(lost.amount, lost.currency).minus(Money.of(recovered.amount, lost.currency)).toJSON() : rest;
    const id = newId();
    const result = await insertReturn(tx, { id, advanceId, amount, reference, isRecovery, by: actor.id, at: now }).catch(
      (error: unknown) => {
        const broken = brokenConstraint(error);
        if (broken === 'advances_within_drawn' || broken === 'advances_recovered')
          throw handoverProblem.advance_used_up(say('return_too_much', missing), { rest: missing.amount });
        if (broken === 'advance_returns_of_advance') throw new RetryTransaction('the advance ended meanwhile');
        if (broken === 'advance_returns_advance_id_reference_key') throw problem.conflict(say('return_recorded'));
        throw error;
      },
    );
    const event = isRecovery ? 'cash_recovery' : 'advance_return';
    await post(tx, now, [{ event, programmeId, fundId, officerId, subject: { type: 'advance_return', id }, amount }]);
    return {
      result,
      subject: { type: 'advance', id: advanceId },
      before: { missing },
      after: { missing: Money.of(missing.amount, missing.currency).minus(amount).toJSON(), return: result },
    };
  },
});
