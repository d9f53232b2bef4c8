import { post } from '../../ledger/index.ts';
import { queueNewCodes } from '../../messaging/index.ts';
import { type CommandContext, command, Money, type Outcome, problem } from '../../platform/index.ts';
import { reopenVoucher } from '../../vouchers/index.ts';
import { alreadyVoided, heldToRules } from '../problems.ts';
import { findPayout, payoutById, voidPayoutRow } from '../store/payouts.ts';
import type { Payout } from '../types.ts';

/**
 * Takes back a pay-out on the day it was made, within a command of the caller's: the posting is reversed and the voucher is open again under another code,
 * which is sent to whoever has a telephone; without one the voucher waits. The old code is dead at once. The cash is back where it came from: in the
 * agent's till, if it still stands open, and otherwise in the safe; or in the hands of the officer who carries it.
 * @throws already_voided; void_too_late after the day; payout_matched and payout_settled once the post's statement or a settlement has spoken of it;
 *   advance_ended; separation_of_duties to who paid it or had a hand in its list
 */
export async function takeBackCash(
  { tx, actor, now, keyRing }: CommandContext,
  { payoutId, reason }: { readonly payoutId: string; readonly reason: string },
): Promise<Outcome<Payout>> {
  const voided = await heldToRules(voidPayoutRow(tx, payoutId, { by: actor.id, at: now, reason }));
  if (!voided) throw alreadyVoided();
  const { programmeId, fundId, officeId, agentId, voucherId, amount, currency } = voided;
  const transfer = { programmeId, fundId, subject: { type: 'payout', id: payoutId }, amount: Money.of(amount, currency) };
  await post(tx, now, [officeId ? { event: 'void', officeId, ...transfer } : { event: 'delivery_void', officerId: agentId, ...transfer }]);
  await reopenVoucher(tx, voucherId, keyRing.currentVersion);
  const result = await payoutById(tx, payoutId);
  return {
    result,
    subject: { type: 'payout', id: payoutId },
    before: { ...result, voidedAt: null, voidedBy: null, voidReason: null },
    after: result,
    reason,
    others: [
      {
        subject: { type: 'voucher', id: voucherId },
        scope: { programme: programmeId, fund: fundId, ...(officeId ? { office: officeId } : {}) },
        before: { state: 'redeemed' },
        after: { state: 'activated' },
      },
    ],
    followUps: await queueNewCodes(tx, now, [voucherId]),
  };
}

/** Takes back a pay-out of a counter. @throws not_found, also for what was delivered by hand; otherwise as {@link takeBackCash} */
export const voidPayout = command<{ payoutId: string; reason: string }, Payout>({
  name: 'cashout.void_payout',
  async scope(db, { payoutId }) {
    const found = await findPayout(db, payoutId);
    // Those who oversee a counter do not oversee what is carried to people.
    if (!found?.scope['office']) throw problem.not_found('There is no such record.');
    return found.scope;
  },
  run: takeBackCash,
});
