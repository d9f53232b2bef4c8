import type { FollowUp, Tx } from '../platform/index.ts';
import { insertMessages, insertNewCodes, isFor, lockMessages, releaseMessages } from './store.ts';
import type { Lines } from './types.ts';

/** The work that sends what waits, after messages of a list have been put on their way. */
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
