import { planById } from '../../assistance/index.ts';
import { post } from '../../ledger/index.ts';
import { command, Money } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { settleLines } from '../payable.ts';
import { paymentProblem } from '../problems.ts';
import { sheetOf } from '../queries.ts';
import { digestLines, markReleased, releasedLines } from '../store.ts';
import type { IssueVouchers, PaymentListSheet } from '../types.ts';
import { layHand, listToMove, scopeOfList } from './list-command.ts';

/**
 * Releases an approved list: checks every line again, issues vouchers for the good ones and returns the others, with reasons
 * and with their money.
 * @param issue makes the vouchers
 * @throws not_found; conflict when it is not approved; digest_mismatch when its lines are not the ones that were signed;
 *   separation_of_duties
 */
export const releaseList = (issue: IssueVouchers) =>
  command<{ readonly listId: string }, PaymentListSheet>({
    name: 'payments.release_list',
    scope: scopeOfList,
    async run({ tx, actor, now, keyRing }, { listId }) {
      const before = await listToMove(tx, listId, 'released');
      const digest = await digestLines(tx, listId);
      if (digest !== before.digest) {
        throw paymentProblem.digest_mismatch('The lines have changed since they were signed. Cancel the list and report it.');
      }
      await layHand(tx, listId, actor.id, now, { hand: 'releaser', digest });
      const { programme } = await programmeById(tx, before.programmeId);
      await settleLines(tx, listId, { plan: await planById(tx, before.planId), holdThreshold: programme.holdThreshold });
      const lines = await releasedLines(tx, listId);
      const { programmeId, fundId, total } = before;
      const released = Money.sum(
        lines.map(({ amount }) => amount),
        total.currency,
      );
      const moves = [
        { event: 'approval_returned' as const, amount: Money.of(total.amount, total.currency).minus(released) },
        { event: 'issue' as const, amount: released },
      ].filter(({ amount }) => !amount.isZero);
      await post(
        tx,
        now,
        moves.map((move) => ({ ...move, programmeId, fundId, subject: { type: 'payment_list', id: listId } })),
      );
      await markReleased(tx, listId, now);
      const followUps = await issue({ tx, now, keyRing }, { id: listId, programmeId, fundId }, lines);
      const result = await sheetOf(tx, listId);
      return { result, subject: { type: 'payment_list', id: listId }, before, after: result, followUps };
    },
  });
