import { post } from '../../ledger/index.ts';
import { type Command, command, Money } from '../../platform/index.ts';
import { listToMove, scopeOfList } from '../commands/list-command.ts';
import { listById, sheetOf } from '../queries.ts';
import { moveList } from '../store.ts';
import type { PaymentListSheet } from '../types.ts';
import { returnLines } from './store.ts';

interface Cancelling {
  readonly listId: string;
  readonly reason: string;
}

/** Lines that one transaction takes out of a list at most. */
const BATCH = 2_000;

/**
 * Cancels a list that was not released: nothing of it is paid from now on, and what was committed for it is available again. Its instalments
 * can enter another list; of a long one the last do so a little later, in the background.
 * @param batch lines that are taken out at once
 * @throws not_found; conflict when it has been released
 */
export const cancelList = (batch = BATCH): Command<Cancelling, PaymentListSheet> =>
  command<Cancelling, PaymentListSheet>({
    name: 'payments.cancel_list',
    scope: scopeOfList,
    async run({ tx, now }, { listId, reason }) {
      const before = await listToMove(tx, listId, 'cancelled');
      const subject = { type: 'payment_list', id: listId };
      if (before.state === 'approved') {
        const { programmeId } = before;
        await post(
          tx,
          now,
          before.funds.map(({ fundId, total: { amount, currency } }) => ({
            event: 'approval_returned' as const,
            programmeId,
            fundId,
            subject,
            amount: Money.of(amount, currency),
          })),
        );
      }
      await moveList(tx, listId, 'cancelled');
      const isMore = (await returnLines(tx, listId, batch)) === batch;
      const result = await sheetOf(tx, listId);
      const followUps = isMore ? [{ job: 'payments.return_lines', payload: { listId } }] : [];
      return { result, subject, before, after: result, reason, followUps };
    },
  });

/** Takes further lines out of a cancelled list. @returns whether there may be more */
export const returnMore = (batch = BATCH): Command<{ readonly listId: string }, boolean> =>
  command({
    name: 'payments.return_lines',
    scope: scopeOfList,
    async run({ tx }, { listId }) {
      const { state } = await listById(tx, listId);
      const lines = state === 'cancelled' ? await returnLines(tx, listId, batch) : 0;
      return { result: lines === batch, subject: { type: 'payment_list', id: listId }, after: { lines } };
    },
  });
