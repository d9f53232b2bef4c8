import { type Payout, takeBackCash } from '../../cashout/index.ts';
import { command } from '../../platform/index.ts';
import { deliveryById } from '../witness-store.ts';

/**
 * Takes a delivery back on the day it was made, as a pay-out at a counter is: the officer has the cash again, and the voucher, under another code, is on
 * the round again, or free where the round has let it go since its loss was reported.
 * @throws not_found; otherwise as taking back a pay-out: advance_ended when the advance takes nothing back any more
 */
export const voidDelivery = command<{ payoutId: string; reason: string }, Payout>({
  name: 'handovers.void_delivery',
  scope: async (db, { payoutId }) => (await deliveryById(db, payoutId)).scope,
  async run(context, voiding) {
    const outcome = await takeBackCash(context, voiding);
    const { id, advanceId } = outcome.result;
    return {
      ...outcome,
      others: [...(outcome.others ?? []), { subject: { type: 'advance', id: advanceId ?? '' }, after: { voided: id } }],
    };
  },
});
