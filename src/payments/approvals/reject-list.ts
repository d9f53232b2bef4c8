import { command } from '../../platform/index.ts';
import { listToMove, scopeOfList } from '../commands/list-command.ts';
import { paymentProblem } from '../problems.ts';
import { sheetOf } from '../queries.ts';
import type { PaymentListSheet } from '../types.ts';
import { say } from '../words.ts';
import { rejectingRole } from './awaited-store.ts';
import { insertHand, reopenList } from './hand-store.ts';

/**
 * Gives a submitted list back to its makers, with a reason: it is a draft again, with its lines, and what they submit next is signed anew.
 * Who may sign any step of it may reject it. Hands of this round are kept, and go on to exclude from other hands in the list.
 * @throws not_found; conflict when it is not submitted; not_your_turn; separation_of_duties
 */
export const rejectList = command<
  { readonly listId: string; readonly reason: string; readonly forUserId?: string | undefined },
  PaymentListSheet
>({
  name: 'payments.reject_list',
  scope: scopeOfList,
  async run({ tx, actor, now }, { listId, reason, forUserId = null }) {
    const before = await listToMove(tx, listId, 'draft');
    const found = await rejectingRole(tx, listId, actor.id, forUserId, now);
    if (!found) throw paymentProblem.not_your_turn(say('rejected_by_signers'));
    await insertHand(tx, listId, actor.id, now, { hand: 'rejecter', digest: before.digest, reason, ...found });
    await reopenList(tx, listId);
    const result = await sheetOf(tx, listId);
    return { result, subject: { type: 'payment_list', id: listId }, before, after: result, reason };
  },
});
