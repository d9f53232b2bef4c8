import { posting } from '../../ledger/index.ts';
import { type CommandContext, dateIn, Money, newId, type Outcome, RetryTransaction } from '../../platform/index.ts';
import { whoCollects } from '../collecting.ts';
import { heldToRules } from '../problems.ts';
import { type NewPayout, pay } from '../store/paying.ts';
import { whoCame } from '../store/payouts.ts';
import type { Payout, Redemption } from '../types.ts';
import type { Recognised } from './recognising.ts';

/** Where cash is handed over, to whom, and what they showed. */
export type Handing = Pick<Redemption, 'officeId' | 'collectorId' | 'documentType' | 'documentLastFour'>;

/**
 * Hands over the cash of a voucher that was recognised: voucher, pay-out and posting are one statement.
 * @throws not_a_collector; payout_over_limit and limit_reached; till_required, till_short and safe_short
 */
export async function handOver(
  { tx, actor, now, keyRing }: CommandContext,
  { counter, voucher }: Recognised,
  { officeId, collectorId, documentType, documentLastFour }: Handing,
): Promise<Outcome<Payout>> {
  const paidOn = dateIn(voucher.timeZone, now);
  const payout = {
    id: newId(),
    officeId,
    advanceId: null,
    agentId: actor.id,
    deviceId: actor.deviceId ?? null,
    documentType,
    documentLastFour,
    paidOn,
    ...whoCollects(keyRing, voucher, { collectorId, documentLastFour }, paidOn),
  } satisfies NewPayout;
  const { programmeId, fundId } = voucher;
  const amount = Money.of(voucher.amount, voucher.currency);
  const entry = posting(now, { event: 'payout', programmeId, fundId, officeId, subject: { type: 'payout', id: payout.id }, amount });
  // Whoever was first has committed by now, so the next try sees what happened and says so.
  if (!(await heldToRules(pay(tx, now, voucher, payout, entry))))
    throw new RetryTransaction('somebody else had the same voucher, or another record of the person was paid');
  return {
    result: {
      id: payout.id,
      voucherId: voucher.id,
      beneficiaryId: voucher.beneficiaryId,
      serial: voucher.serial,
      amount: amount.toJSON(),
      office: { code: counter.officeCode, name: counter.officeName },
      collector: whoCame(voucher, payout.alternateId),
      agentId: payout.agentId,
      deviceId: payout.deviceId,
      advanceId: null,
      paidAt: now.toISOString(),
      paidOn,
      voidedAt: null,
      voidedBy: null,
      voidReason: null,
    },
    subject: { type: 'voucher', id: voucher.id },
    scope: { office: officeId, programme: programmeId, fund: fundId },
    before: { state: 'activated' },
    after: { state: 'redeemed', payout },
  };
}
