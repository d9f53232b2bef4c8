import { posting } from '../../ledger/index.ts';
import {
  command,
  dateIn,
  type KeyRing,
  Money,
  newId,
  type Outcome,
  type Problem,
  problem,
  RetryTransaction,
} from '../../platform/index.ts';
import { isCodeOf, readCode } from '../../vouchers/index.ts';
import { vouchersAt } from '../locating.ts';
import { refusal } from '../problems.ts';
import { counterRefusal, isLive, locatorFaults, voucherRefusal } from '../rules.ts';
import { type Candidate, type Counter, findCounter } from '../store/candidates.ts';
import { countFailure, type NewPayout, pay } from '../store/paying.ts';
import { earlierPayout } from '../store/payouts.ts';
import type { Payout, Redemption } from '../types.ts';

/**
 * Hands over the cash of one voucher, once: the voucher, the pay-out, the posting, the audit event and the answer to the request
 * are one transaction. The state of a voucher is told only to somebody who knows its code; anybody else hears `code_refused`,
 * whether the voucher exists or not.
 * @throws office_closed, office_without_cash or agent_locked before the code is looked at; code_mistyped, which costs no attempt;
 *   code_refused, which does; then what state the voucher is in: already_paid says when and where
 */
export const redeemVoucher = command<Redemption, Payout>({
  name: 'cashout.redeem',
  scope: (_db, { officeId }) => ({ office: officeId }),
  async run({ tx, actor, now, keyRing }, { officeId, locator, code, documentType, documentLastFour }) {
    const counter = await findCounter(tx, now, officeId, actor.id, vouchersAt(keyRing, locator));
    if (!counter) throw problem.not_found('There is no such record.');
    refuse(counterRefusal(counter));
    const faults = locatorFaults(locator);
    if (faults.length > 0) throw problem.unprocessable('The number has a typing mistake. No attempt was used.', {}, faults);
    const voucher = voucherWith(keyRing, counter.candidates, code);
    if (!voucher) {
      const tried = counter.candidates.filter((candidate) => isLive(candidate, now)).map(({ id }) => id);
      await countFailure(tx, now, { agentId: actor.id, officeId, tried });
      return wrongCode(officeId, counter.candidates);
    }
    const earlier = voucher.state === 'redeemed' ? await earlierPayout(tx, voucher.id) : undefined;
    refuse(voucherRefusal(voucher, earlier, now));
    const paidOn = dateIn(voucher.timeZone, now);
    const payout: NewPayout = {
      id: newId(),
      officeId,
      advanceId: null,
      agentId: actor.id,
      deviceId: actor.deviceId ?? null,
      documentType,
      documentLastFour,
      paidOn,
    };
    const { programmeId, fundId } = voucher;
    const amount = Money.of(voucher.amount, voucher.currency);
    const entry = posting(now, { event: 'payout', programmeId, fundId, officeId, subject: { type: 'payout', id: payout.id }, amount });
    // Whoever was first has committed by now, so the next try sees what happened and says so.
    if (!(await pay(tx, now, voucher, payout, entry)))
      throw new RetryTransaction('somebody else had the same voucher, or another record of the person was paid');
    return {
      result: shown(counter, voucher, payout, now),
      subject: { type: 'voucher', id: voucher.id },
      scope: { office: officeId, programme: programmeId, fund: fundId },
      before: { state: 'activated' },
      after: { state: 'redeemed', payout },
    };
  },
});

function refuse(why: Problem | undefined): void {
  if (why) throw why;
}

function voucherWith(keyRing: KeyRing, candidates: readonly Candidate[], code: string): Candidate | undefined {
  const { digits, isIntact } = readCode(code);
  if (!isIntact) throw refusal.code_mistyped('Ask for the code again: it has a typing mistake. No attempt was used.');
  return candidates.find((candidate) => isCodeOf(keyRing, candidate, digits));
}

function wrongCode(officeId: string, candidates: readonly Candidate[]): Outcome<never> {
  const [only, ...others] = candidates;
  return {
    result: undefined as never,
    ...(only && others.length === 0
      ? { subject: { type: 'voucher', id: only.id }, scope: { office: officeId, programme: only.programmeId, fund: only.fundId } }
      : { subject: { type: 'office', id: officeId } }),
    refusal: refusal.code_refused('Check the code and whose it is. After five wrong codes it is locked.'),
  };
}

function shown({ officeCode, officeName }: Counter, voucher: Candidate, { id, agentId, deviceId, paidOn }: NewPayout, now: Date): Payout {
  return {
    id,
    voucherId: voucher.id,
    beneficiaryId: voucher.beneficiaryId,
    serial: voucher.serial,
    amount: Money.of(voucher.amount, voucher.currency).toJSON(),
    office: { code: officeCode, name: officeName },
    agentId,
    deviceId,
    advanceId: null,
    paidAt: now.toISOString(),
    paidOn,
    voidedAt: null,
    voidedBy: null,
    voidReason: null,
  };
}
