import { post } from '../../ledger/index.ts';
import { command, Money } from '../../platform/index.ts';
import { sheetOf } from '../queries.ts';
import { moveList, returnLines } from '../store.ts';
import type { PaymentListSheet } from '../types.ts';
import { listToMove, scopeOfList } from './list-command.ts';

/**
 * Cancels a list that was not released. Its instalments can enter another list, and what was committed for it is available again.
 * @throws not_found; conflict when it has been released
 */
export const cancelList = command<{ readonly listId: string; readonly reason: string }, PaymentListSheet>({
  name: 'payments.cancel_list',
  scope: scopeOfList,
  async run({ tx, now }, { listId, reason }) {
    const before = await listToMove(tx, listId, 'cancelled');
    await returnLines(tx, listId, 'list_cancelled');
    if (before.state === 'approved') {
      const { programmeId, fundId, total } = before;
      await post(tx, now, [
        {
          event: 'approval_returned',
          programmeId,
          fundId,
          subject: { type: 'payment_list', id: listId },
          amount: Money.of(total.amount, total.currency),
        },
      ]);
    }
    await moveList(tx, listId, 'cancelled');
    const result = await sheetOf(tx, listId);
    return { result, subject: { type: 'payment_list', id: listId }, before, after: result, reason };
  },
});
