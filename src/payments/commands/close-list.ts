import { command } from '../../platform/index.ts';
import { listById } from '../queries.ts';
import { markClosed } from '../store.ts';
import { listToMove, scopeOfList } from './list-command.ts';

/** Closes a released list of which every voucher is paid, expired or cancelled. @throws not_found; conflict when it is not released */
export const closeList = command<{ readonly listId: string }, null>({
  name: 'payments.close_list',
  scope: scopeOfList,
  async run({ tx, now }, { listId }) {
    const before = await listToMove(tx, listId, 'closed');
    await markClosed(tx, listId, now);
    return { result: null, subject: { type: 'payment_list', id: listId }, before, after: await listById(tx, listId) };
  },
});
