import { post } from '../../ledger/index.ts';
import { command, Money } from '../../platform/index.ts';
import { activateVouchers } from '../../vouchers/index.ts';
import { alreadyDecided } from '../problems.ts';
import { advanceById, inactiveVouchers, lockRound, markHanded, scopeOfAdvance } from '../store.ts';
import type { Advance } from '../types.ts';

/**
 * Approves an advance and hands its cash to the officer. From then on the vouchers of the round pay nowhere else, and those whose code could not be sent
 * can be delivered, by a witnessed receipt.
 * @throws not_found; advance_decided; separation_of_duties to the officer
 */
export const handOverAdvance = command<{ advanceId: string; reference: string }, Advance>({
  name: 'handovers.hand_over',
  scope: (db, { advanceId }) => scopeOfAdvance(db, advanceId),
  async run({ tx, actor, now }, { advanceId, reference }) {
    await lockRound(tx, advanceId);
    const before = await advanceById(tx, now, advanceId);
    if (!(await markHanded(tx, advanceId, { by: actor.id, at: now, reference }))) throw alreadyDecided(before);
    const { programmeId, fundId, officerId, amount } = before;
    await post(tx, now, [
      {
        event: 'advance',
        programmeId,
        fundId,
        officerId,
        subject: { type: 'advance', id: advanceId },
        amount: Money.of(amount.amount, amount.currency),
      },
    ]);
    await activateVouchers(tx, now, await inactiveVouchers(tx, advanceId));
    const after = await advanceById(tx, now, advanceId);
    return { result: after, subject: { type: 'advance', id: advanceId }, before, after };
  },
});
