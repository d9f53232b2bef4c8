import { command } from '../../platform/index.ts';
import { insertMaker, insertRound } from '../approvals/hand-store.ts';
import { sheetOf } from '../queries.ts';
import { digestLines, markSubmitted } from '../store.ts';
import { liveTotals } from '../totals.ts';
import type { PaymentListSheet } from '../types.ts';
import { listToMove, scopeOfList } from './list-command.ts';

/**
 * Freezes a draft. Who built it and who submits it are both its makers.
 * @throws not_found; conflict when it is no draft
 */
export const submitList = command<{ readonly listId: string }, PaymentListSheet>({
  name: 'payments.submit_list',
  scope: scopeOfList,
  async run({ tx, actor, now }, { listId }) {
    const before = await listToMove(tx, listId, 'submitted');
    for (const maker of new Set([before.builtBy, actor.id])) await insertMaker(tx, listId, maker, now);
    const digest = await digestLines(tx, listId);
    await insertRound(tx, listId, { digest, controlTotals: await liveTotals(tx, listId), userId: actor.id }, now);
    await markSubmitted(tx, listId, digest, now);
    const result = await sheetOf(tx, listId);
    return { result, subject: { type: 'payment_list', id: listId }, before, after: result };
  },
});
