import { command } from '../../platform/index.ts';
import { sheetOf } from '../queries.ts';
import { moveList } from '../store.ts';
import type { PaymentListSheet } from '../types.ts';
import { listToMove, scopeOfList } from './list-command.ts';

/**
 * Refuses a submitted list. It keeps its lines until it is cancelled.
 * @throws not_found; conflict when it is not submitted
 */
export const rejectList = command<{ readonly listId: string; readonly reason: string }, PaymentListSheet>({
  name: 'payments.reject_list',
  scope: scopeOfList,
  async run({ tx }, { listId, reason }) {
    const before = await listToMove(tx, listId, 'rejected');
    await moveList(tx, listId, 'rejected');
    const result = await sheetOf(tx, listId);
    return { result, subject: { type: 'payment_list', id: listId }, before, after: result, reason };
  },
});
