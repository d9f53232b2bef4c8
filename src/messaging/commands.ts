import { command, type FollowUp, problem, type Tx } from '../platform/index.ts';
import { activateVouchers, scopeOfList } from '../vouchers/index.ts';
import { areThese, insertMessages, insertNewCodes, isFor, lockMessages, recordSendings, releaseMessages } from './store.ts';
import { type Lines, type Sending, WITHHELD } from './types.ts';

/** The work that sends what waits of a list. */
export const sendingOf = (listId: string): FollowUp => ({ job: 'messaging.send_codes', payload: { listId } });

/** Has a message with its code wait for the collector of each voucher of some lines of a list, in the transaction that released them. */
export const queueCodes = (tx: Tx, now: Date, listId: string, lines: Lines): Promise<void> => insertMessages(tx, now, listId, lines);

/**
 * Puts the present code of vouchers that have been given another one on its way, in the transaction that gives it.
 * @returns the work to start once that has committed
 */
export const queueNewCodes = async (tx: Tx, now: Date, voucherIds: readonly string[]): Promise<readonly FollowUp[]> =>
  (await insertNewCodes(tx, now, voucherIds)).map(sendingOf);

/**
 * Puts the messages on their way that were withheld for want of one person's consent, in the transaction that records it.
 * @returns the work to start once that has committed
 */
export async function sendWithheldCodes(tx: Tx, beneficiaryId: string): Promise<readonly FollowUp[]> {
  await lockMessages(tx, beneficiaryId);
  return (await releaseMessages(tx, isFor(beneficiaryId))).map(sendingOf);
}

/** Records what came of sending some messages of a list, and activates the vouchers whose codes were accepted. */
export const recordSending = command<{ listId: string; sendings: readonly Sending[] }, null>({
  name: 'messaging.record_sending',
  async scope(db, { listId }) {
    const scope = await scopeOfList(db, listId);
    if (!scope) throw problem.not_found('There is no such record.');
    return scope;
  },
  async run({ tx, now }, { listId, sendings }) {
    await activateVouchers(tx, now, await recordSendings(tx, now, sendings));
    // Consent may have been given again since they were looked at.
    const withheld = sendings.filter(({ reason }) => reason === WITHHELD).map(({ id }) => id);
    const again = withheld.length > 0 ? await releaseMessages(tx, areThese(withheld)) : [];
    return { result: null, subject: { type: 'payment_list', id: listId }, after: sendings, followUps: again.map(sendingOf) };
  },
});
