import { post } from '../../ledger/index.ts';
import { queueNewCodes } from '../../messaging/index.ts';
import { command, Money, problem } from '../../platform/index.ts';
import { reopenVoucher } from '../../vouchers/index.ts';
import { alreadyVoided, heldToRules } from '../problems.ts';
import { findPayout, payoutById, voidPayoutRow } from '../store/payouts.ts';
import type { Payout } from '../types.ts';

/**
 * Takes back a pay-out on the day it was made: the posting is reversed and the voucher is open again under another code, which is sent to
 * whoever has a telephone; without one the voucher waits. The old code is dead at once. The cash is in the agent's till again, if it still stands
 * open; otherwise it goes back to the safe.
 * @throws not_found; already_voided; void_too_late after the day; payout_matched and payout_settled once the post's statement or a
 *   settlement has spoken of it; separation_of_duties to who paid it or had a hand in its list
 */
export const voidPayout = command<{ payoutId: string; reason: string }, Payout>({
  name: 'cashout.void_payout',
  async scope(db, { payoutId }) {
    const found = await findPayout(db, payoutId);
    // What was delivered by hand was paid at no counter that could take it back.
    if (!found?.scope['office']) throw problem.not_found('There is no such record.');
    return found.scope;
  },
  async run({ tx, actor, now, keyRing }, { payoutId, reason }) {
    const voided = await heldToRules(voidPayoutRow(tx, payoutId, { by: actor.id, at: now, reason }));
    if (!voided) throw alreadyVoided();
    const { programmeId, fundId, officeId, voucherId, amount, currency } = voided;
    await post(tx, now, [
      {
        event: 'void',
        programmeId,
        fundId,
        officeId,
        subject: { type: 'payout', id: payoutId },
        amount: Money.of(amount, currency),
      },
    ]);
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
          scope: { office: officeId, programme: programmeId, fund: fundId },
          before: { state: 'redeemed' },
          after: { state: 'activated' },
        },
      ],
      followUps: await queueNewCodes(tx, now, [voucherId]),
    };
  },
});
