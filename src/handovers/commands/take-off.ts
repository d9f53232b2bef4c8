import { say as sayOfCash } from '../../cashout/index.ts';
import { brokenConstraint, command, problem, RetryTransaction } from '../../platform/index.ts';
import { isSerial } from '../../vouchers/index.ts';
import { handoverProblem } from '../problems.ts';
import { findOnRound, insertRemoval } from '../round-store.ts';
import { advanceById, scopeOfAdvance } from '../store.ts';
import type { Removal } from '../types.ts';
import { say } from '../words.ts';

/**
 * Takes a voucher off the round that carries it: the person was not found, has moved, or does not want it. It can be paid at an office or go on another
 * round from then on; its cash is brought back.
 * @throws not_found to anybody but the officer; advance_not_out; not_on_round; delivered_already
 */
export const takeOffRound = command<{ advanceId: string; serial: string; reason: string }, Removal>({
  name: 'handovers.take_off',
  scope: (db, { advanceId }) => scopeOfAdvance(db, advanceId),
  async run({ tx, actor, now }, { advanceId, serial, reason }) {
    const { officerId, state } = await advanceById(tx, now, advanceId);
    if (officerId !== actor.id) throw problem.not_found('There is no such record.');
    if (state !== 'handed') throw handoverProblem.advance_not_out(sayOfCash('advance_not_out'), { state });
    const found = isSerial(serial) ? await findOnRound(tx, advanceId, serial) : undefined;
    if (!found) throw handoverProblem.not_on_round(say('only_on_round_taken_off'));
    if (found.isDelivered) throw handoverProblem.delivered_already(sayOfCash('delivered_already'));
    const { voucherId } = found;
    try {
      await insertRemoval(tx, { advanceId, voucherId, reason, by: actor.id, at: now });
    } catch (error) {
      if (!['advance_removals_pkey', 'advance_removals_of_round'].includes(brokenConstraint(error) ?? '')) throw error;
      throw new RetryTransaction('it was delivered or taken off meanwhile');
    }
    const result = { advanceId, voucherId, serial, reason, takenOffBy: actor.id, takenOffAt: now.toISOString() };
    return {
      result,
      subject: { type: 'advance', id: advanceId },
      after: result,
      reason,
      others: [{ subject: { type: 'voucher', id: voucherId }, before: { onRound: advanceId }, after: { onRound: null } }],
    };
  },
});
