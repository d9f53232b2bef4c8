import {
  AGENT_ATTEMPTS_ALLOWED,
  type CounterCandidate,
  countFailure,
  earlierPayout,
  heldToRules,
  type NewPayout,
  type Payout,
  pay,
  payoutById,
  counterRefusals as refusal,
  say as sayOfCash,
  voucherRefusal,
  whoCollects,
} from '../../cashout/index.ts';
import { posting } from '../../ledger/index.ts';
import {
  brokenConstraint,
  type CommandContext,
  command,
  dateIn,
  Money,
  newId,
  type Outcome,
  problem,
  RetryTransaction,
} from '../../platform/index.ts';
import { isCodeOf, isSerial, readCode } from '../../vouchers/index.ts';
import { findDoorstep, insertProof } from '../delivery-store.ts';
import { handoverProblem } from '../problems.ts';
import { scopeOfAdvance } from '../store.ts';
import type { HandDelivery } from '../types.ts';
import { say } from '../words.ts';

/**
 * Hands over the cash of one voucher of the officer's round, once: by the code, as at a counter, or by a receipt that a colleague saw being
 * signed. The pay-out, the posting, what is left of the advance and the answer to the request are one transaction.
 * @throws not_found to anybody but the officer; advance_not_out; not_on_round; with a code as at a counter: agent_locked, code_mistyped,
 *   code_refused; then what state the voucher is in; not_a_collector; advance_used_up; separation_of_duties for an officer or a witness who had a hand
 *   in it
 */
export const deliver = command<HandDelivery & { readonly advanceId: string }, Payout>({
  name: 'handovers.deliver',
  scope: (db, { advanceId }) => scopeOfAdvance(db, advanceId),
  async run(context, { advanceId, serial, ...given }) {
    const { tx, actor, now, keyRing } = context;
    const door = await findDoorstep(tx, now, advanceId, { serial, ...given });
    if (door?.officerId !== actor.id) throw problem.not_found('There is no such record.');
    if (door.advanceState !== 'handed') throw handoverProblem.advance_not_out(sayOfCash('advance_not_out'), { state: door.advanceState });
    if (!isSerial(serial))
      throw problem.unprocessable(sayOfCash('locator_mistyped'), {}, [{ pointer: '/serial', detail: sayOfCash('serial_mistyped') }]);
    const { voucher } = door;
    if (!voucher) throw handoverProblem.not_on_round(sayOfCash('not_on_round'));
    if ('code' in given) {
      if (door.failures >= AGENT_ATTEMPTS_ALLOWED) throw refusal.agent_locked(say('officer_locked'));
      const { digits, isIntact } = readCode(given.code);
      if (!isIntact) throw refusal.code_mistyped(sayOfCash('code_mistyped'));
      if (!isCodeOf(keyRing, voucher, digits)) return wrongCode(context, voucher);
    }
    const earlier = voucher.state === 'redeemed' ? await earlierPayout(tx, voucher.id) : undefined;
    // Its own officer is who carries it, and it does not run out on the way.
    const why = voucherRefusal({ ...voucher, isCarried: false, expiresAt: null }, earlier, now);
    if (why) throw why;
    const paidOn = dateIn(voucher.timeZone, now);
    const payout = {
      id: newId(),
      officeId: null,
      advanceId,
      agentId: actor.id,
      deviceId: actor.deviceId ?? null,
      documentType: given.documentType,
      documentLastFour: given.documentLastFour,
      paidOn,
      ...whoCollects(keyRing, voucher, given, paidOn),
    };
    await handOver(context, voucher, payout);
    await insertProof(tx, payout.id, proofOf(given));
    const result = await payoutById(tx, payout.id);
    return {
      result,
      subject: { type: 'voucher', id: voucher.id },
      before: { state: 'activated' },
      after: { state: 'redeemed', payout: result, proof: 'code' in given ? 'code' : 'receipt' },
      others: [{ subject: { type: 'advance', id: advanceId }, after: { delivered: payout.id } }],
    };
  },
});

async function handOver({ tx, now }: CommandContext, voucher: CounterCandidate, payout: NewPayout): Promise<void> {
  const { programmeId, fundId, amount, currency } = voucher;
  const entry = posting(now, {
    event: 'delivery',
    programmeId,
    fundId,
    officerId: payout.agentId,
    subject: { type: 'payout', id: payout.id },
    amount: Money.of(amount, currency),
  });
  const paid = await heldToRules(pay(tx, now, voucher, payout, entry)).catch((error: unknown) => {
    const broken = brokenConstraint(error);
    if (broken === 'advances_within_drawn' || broken === 'advances_not_overdrawn')
      throw handoverProblem.advance_used_up(sayOfCash('advance_used_up'));
    if (broken === 'payouts_of_advance') throw new RetryTransaction('the advance ended meanwhile, or the voucher came off its round');
    throw error;
  });
  if (!paid) throw new RetryTransaction('somebody else had the same voucher, or another record of the person was paid');
}

/** Counts against the officer, and against the voucher if it can be paid. */
async function wrongCode({ tx, actor, now }: CommandContext, voucher: CounterCandidate): Promise<Outcome<never>> {
  const tried = voucher.state === 'activated' ? [voucher.id] : [];
  await countFailure(tx, now, { agentId: actor.id, officeId: null, tried });
  return {
    result: undefined as never,
    subject: { type: 'voucher', id: voucher.id },
    refusal: refusal.code_refused(sayOfCash('code_refused')),
  };
}

const proofOf = (given: { code: string } | { receipt: { witnessId: string; reference: string } }) =>
  'code' in given
    ? { proof: 'code' as const, witnessId: null, reference: null }
    : { proof: 'receipt' as const, witnessId: given.receipt.witnessId, reference: given.receipt.reference };
