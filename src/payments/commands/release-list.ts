import { command, type FollowUp } from '../../platform/index.ts';
import { insertHand } from '../approvals/hand-store.ts';
import { paymentProblem } from '../problems.ts';
import { listById, scopeOf, sheetOf } from '../queries.ts';
import { settleNext } from '../releasing/settle.ts';
import { digestLines, lockList, moveList } from '../store.ts';
import type { IssueVouchers, PaymentListSheet } from '../types.ts';
import { say } from '../words.ts';
import { listToMove, scopeOfList } from './list-command.ts';

/**
 * Releases an approved list: checks every line again, issues vouchers for the good ones and returns the others, with reasons and with their
 * money. What one batch does not hold goes on in the background.
 * @param issue makes the vouchers
 * @param batch how many lines at most
 * @throws not_found; conflict when it is not approved; digest_mismatch when its lines are not the ones that were signed;
 *   separation_of_duties
 */
export const releaseList = (issue: IssueVouchers, batch?: number) =>
  command<{ readonly listId: string }, PaymentListSheet>({
    name: 'payments.release_list',
    scope: scopeOfList,
    async run(context, { listId }) {
      const { tx, actor, now } = context;
      const before = await listToMove(tx, listId, 'releasing');
      const digest = await digestLines(tx, listId);
      if (digest !== before.digest) {
        throw paymentProblem.digest_mismatch(say('lines_changed'));
      }
      await insertHand(tx, listId, actor.id, now, { hand: 'releaser', digest });
      await moveList(tx, listId, 'releasing');
      const isMore = await settleNext(context, before, issue, batch);
      const result = await sheetOf(tx, listId);
      const followUps: readonly FollowUp[] = isMore ? [{ job: 'payments.release', payload: { listId } }] : issue.whenReleased(listId);
      return { result, subject: { type: 'payment_list', id: listId }, before, after: result, followUps };
    },
  });

/**
 * Settles the next lines of a list that is being released.
 * @returns whether there are more
 * @throws not_found
 */
export const settleNextBatch = (issue: IssueVouchers) =>
  command<{ readonly listId: string; readonly batch?: number }, boolean>({
    name: 'payments.settle_next',
    scope: scopeOfList,
    async run(context, { listId, batch }) {
      const { tx } = context;
      const subject = { type: 'payment_list', id: listId };
      const before = await lockList(tx, listId);
      if (before?.state !== 'releasing') return { result: false, subject };
      const isMore = await settleNext(context, before, issue, batch);
      const after = await listById(tx, listId);
      return { result: isMore, subject, scope: scopeOf(after), before, after, followUps: isMore ? [] : issue.whenReleased(listId) };
    },
  });
