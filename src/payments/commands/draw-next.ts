import { command } from '../../platform/index.ts';
import { drawNext } from '../building/draw.ts';
import { listById, scopeOf } from '../queries.ts';
import { lockDrawingUp, lockList, moveList } from '../store.ts';
import { scopeOfList } from './list-command.ts';

/**
 * Takes a list that is being built past the next instalments that are due. The last of it makes it a draft, or a cancelled list when nobody can
 * be paid.
 * @returns whether there are more
 * @throws not_found
 */
export const drawNextBatch = command<{ readonly listId: string; readonly batch?: number }, boolean>({
  name: 'payments.draw_next',
  scope: scopeOfList,
  async run({ tx, keyRing }, { listId, batch }) {
    const subject = { type: 'payment_list', id: listId };
    await lockDrawingUp(tx, (await listById(tx, listId)).programmeId);
    const before = await lockList(tx, listId);
    if (before?.state !== 'building') return { result: false, subject };
    const isMore = await drawNext({ tx, keyRing }, before, batch);
    if (!isMore) await moveList(tx, listId, (await listById(tx, listId)).lineCount > 0 ? 'draft' : 'cancelled');
    const after = await listById(tx, listId);
    return { result: isMore, subject, scope: scopeOf(after), before, after };
  },
});
