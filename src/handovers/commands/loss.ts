import { post } from '../../ledger/index.ts';
import { brokenConstraint, command, Money } from '../../platform/index.ts';
import { alreadyDecided, handoverProblem } from '../problems.ts';
import { markLossReported, markLost } from '../round-store.ts';
import { advanceById, lockRound, scopeOfAdvance } from '../store.ts';
import type { Advance } from '../types.ts';
import { say } from '../words.ts';
import { heldToAdvance } from './end-advance.ts';

/**
 * Reports that the cash of an advance is lost, or its officer not to be reached. Its vouchers come off the round at once, so that nobody waits for the
 * paper; the books wait for somebody else to confirm it. Cash can still be brought back until then.
 * @throws not_found; advance_decided when it is not out, or the loss was reported before; separation_of_duties to the officer
 */
export const reportLoss = command<{ advanceId: string; reason: string; reference: string }, Advance>({
  name: 'handovers.report_loss',
  scope: (db, { advanceId }) => scopeOfAdvance(db, advanceId),
  async run({ tx, actor, now }, { advanceId, reason, reference }) {
    await lockRound(tx, advanceId);
    const before = await advanceById(tx, now, advanceId);
    if (!(await markLossReported(tx, advanceId, { reason, reference, by: actor.id, at: now }))) throw alreadyDecided(before);
    const after = await advanceById(tx, now, advanceId);
    return { result: after, subject: { type: 'advance', id: advanceId }, before, after, reason };
  },
});

/**
 * Confirms it: what is still missing is a loss that the fund bears, and the advance has ended.
 * @throws not_found; advance_decided; loss_unreported; nothing_lost when the rest has come back; advance_unwitnessed; loss_beyond_fund;
 *   separation_of_duties to the officer, to who handed the cash over and to who reported the loss
 */
export const confirmLoss = command<{ advanceId: string }, Advance>({
  name: 'handovers.confirm_loss',
  scope: (db, { advanceId }) => scopeOfAdvance(db, advanceId),
  async run({ tx, actor, now }, { advanceId }) {
    await lockRound(tx, advanceId);
    const before = await advanceById(tx, now, advanceId);
    if (before.state === 'handed' && before.lossReportedBy === null) throw handoverProblem.loss_unreported(say('loss_unreported'));
    const isMarked = await heldToAdvance(before, markLost(tx, advanceId, actor.id, now)).catch((error: unknown) => {
      if (brokenConstraint(error) !== 'advances_lost') throw error;
      throw handoverProblem.nothing_lost(say('nothing_lost'));
    });
    if (!isMarked) throw alreadyDecided(before);
    const after = await advanceById(tx, now, advanceId);
    const { programmeId, fundId, officerId, lost } = after;
    const amount = Money.of(lost.amount, lost.currency);
    await post(tx, now, [
      { event: 'advance_loss', programmeId, fundId, officerId, subject: { type: 'advance', id: advanceId }, amount },
    ]).catch((error: unknown) => {
      if (brokenConstraint(error) !== 'accounts_not_overdrawn') throw error;
      throw handoverProblem.loss_beyond_fund(say('loss_beyond_fund'));
    });
    return { result: after, subject: { type: 'advance', id: advanceId }, before, after, reason: after.lossReason ?? undefined };
  },
});
