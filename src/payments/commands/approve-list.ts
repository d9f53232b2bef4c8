import { availableIn, post } from '../../ledger/index.ts';
import { brokenConstraint, type CommandContext, command, Money, problem, RetryTransaction } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { paymentProblem } from '../problems.ts';
import { sheetOf } from '../queries.ts';
import { openStep, stepsFor } from '../rules.ts';
import { moveList, signaturesOf } from '../store.ts';
import type { PaymentList, PaymentListSheet } from '../types.ts';
import { layHand, listToMove, scopeOfList } from './list-command.ts';

/**
 * Signs a submitted list. The last signature that its total asks for approves it and commits the money.
 * @throws not_found; conflict when it is not submitted; digest_mismatch when the caller signs other lines than these;
 *   separation_of_duties; insufficient_funds, which leaves the last signature ungiven
 */
export const approveList = command<{ readonly listId: string; readonly digest: string }, PaymentListSheet>({
  name: 'payments.approve_list',
  scope: scopeOfList,
  async run(context, { listId, digest }) {
    const { tx, actor, now } = context;
    const before = await listToMove(tx, listId, 'approved');
    if (digest !== before.digest) {
      throw paymentProblem.digest_mismatch('Read the list again, check its lines, and sign the digest that it shows.');
    }
    const { programme } = await programmeById(tx, before.programmeId);
    const steps = stepsFor(programme.approvalRules, Money.of(before.total.amount, before.total.currency));
    const given = new Map<number, number>();
    for (const { step } of await signaturesOf(tx, listId)) if (step) given.set(step, (given.get(step) ?? 0) + 1);
    const step = openStep(steps, given);
    if (!step) throw problem.conflict('The list has all its signatures.');
    await layHand(tx, listId, actor.id, now, { hand: 'approver', step: step.step, role: step.role, digest });
    given.set(step.step, (given.get(step.step) ?? 0) + 1);
    if (!openStep(steps, given)) {
      await commit(context, before);
      await moveList(tx, listId, 'approved');
    }
    const result = await sheetOf(tx, listId);
    return { result, subject: { type: 'payment_list', id: listId }, before, after: result };
  },
});

async function commit({ tx, now }: CommandContext, { id, programmeId, fundId, total }: PaymentList): Promise<void> {
  const amount = Money.of(total.amount, total.currency);
  const available = await availableIn(tx, fundId, total.currency);
  if (available.compare(amount) < 0) {
    throw paymentProblem.insufficient_funds(`The fund has ${available} ${total.currency} available and the list needs ${amount}.`, {
      available: available.toString(),
      needed: amount.toString(),
      currency: total.currency,
    });
  }
  try {
    await post(tx, now, [{ event: 'approval', programmeId, fundId, subject: { type: 'payment_list', id }, amount }]);
  } catch (error) {
    // Another list took the money between the look and the posting; the next try sees what it left.
    if (brokenConstraint(error) === 'accounts_not_overdrawn') throw new RetryTransaction('the fund was drawn on meanwhile');
    throw error;
  }
}
