import { command, problem } from '../../platform/index.ts';
import { refused } from '../problems.ts';
import { findLookUp, useLookUp } from '../store/look-ups.ts';
import type { Confirmation, Payout } from '../types.ts';
import { handOver } from './handing-over.ts';
import { refuseUnpayable, standAtCounter } from './recognising.ts';

/**
 * Hands over the cash of a voucher that was looked up, once. The look-up is good for its own agent, office and device, for ten minutes, and as long as the
 * voucher's code is the same.
 * @throws not_found to anybody else; what keeps the office or the agent from paying; look_up_over; then as the one call
 */
export const payLookedUp = command<Confirmation & { readonly lookUpId: string }, Payout>({
  name: 'cashout.pay',
  async scope(db, { lookUpId }) {
    const found = await findLookUp(db, lookUpId);
    if (!found) throw problem.not_found('There is no such record.');
    return { office: found.officeId };
  },
  async run(context, { lookUpId, ...confirmed }) {
    const { tx, actor, now } = context;
    const found = await findLookUp(tx, lookUpId);
    if (found?.agentId !== actor.id || found.deviceId !== (actor.deviceId ?? null)) throw problem.not_found('There is no such record.');
    const { officeId, voucherId, counter: codeCounter, expiresAt } = found;
    const handing = { officeId, ...confirmed };
    const counter = await standAtCounter(context, handing, { voucherId });
    if ('wrong' in counter) return counter.wrong;
    const [voucher] = counter.candidates;
    if (voucher?.counter !== codeCounter || expiresAt <= now) throw refused('look_up_over');
    await refuseUnpayable(context, voucher);
    const outcome = await handOver(context, { counter, voucher }, handing);
    useLookUp(tx, lookUpId, outcome.result.id);
    return outcome;
  },
});
