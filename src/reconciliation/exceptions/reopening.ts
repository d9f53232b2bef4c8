import { takeBack } from '../../ledger/index.ts';
import type { Tx } from '../../platform/index.ts';
import { undoReturn } from '../settlements/steps/return.ts';
import { reopen, undoDecisions } from './decision-store.ts';

/**
 * Opens an exception again, taking back whatever its resolution posted.
 * @param reopening the decision that was approved; undefined where nothing was posted
 * @throws Error by constraint `accounts_not_overdrawn` when money that came back has been put to use since, `settlements_within_owed` when what
 *   the bank had sent back was settled anew
 */
export async function openAgain(
  tx: Tx,
  exceptionId: string,
  { reopening, reason, at }: { readonly reopening: string | undefined; readonly reason: string; readonly at: Date },
): Promise<void> {
  if (reopening) {
    await takeBack(tx, at, await undoDecisions(tx, exceptionId, reopening, at), reason.slice(0, 500));
    await undoReturn(tx, exceptionId);
  }
  await reopen(tx, exceptionId, at);
}
