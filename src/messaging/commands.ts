import { command, type FollowUp, problem, type Tx } from '../platform/index.ts';
import { activateVouchers, scopeOfList } from '../vouchers/index.ts';
import { insertMessages, recordSendings, releaseMessages } from './store.ts';
import type { Sending } from './types.ts';

/**
 * Puts a message with its code on the way to the collector of each voucher of a list, in the release's own transaction.
 * @returns the work to start once that has committed
 */
export async function queueCodes(tx: Tx, now: Date, listId: string): Promise<readonly FollowUp[]> {
  await insertMessages(tx, now, listId);
  return [{ job: 'messaging.send_codes', payload: { listId } }];
}

/**
 * Puts the messages on their way that were withheld for want of one person's consent, in the transaction that records it.
 * @returns the work to start once that has committed
 */
export async function sendWithheldCodes(tx: Tx, beneficiaryId: string): Promise<readonly FollowUp[]> {
  const lists = await releaseMessages(tx, beneficiaryId);
  return lists.map((listId) => ({ job: 'messaging.send_codes', payload: { listId } }));
}

/** Records what came of sending some messages of a list, and activates the vouchers whose codes were accepted. */
export const recordSending = command<{ listId: string; sendings: readonly Sending[] }, null>({
  name: 'messaging.record_sending',
  async scope(db, { listId }) {
    const scope = await scopeOfList(db, listId);
    if (!scope) throw problem.not_found('There is no such payment list.');
    return scope;
  },
  async run({ tx, now }, { listId, sendings }) {
    await activateVouchers(tx, now, await recordSendings(tx, now, sendings));
    return { result: null, subject: { type: 'payment_list', id: listId }, after: sendings };
  },
});
