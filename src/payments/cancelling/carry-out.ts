import type { Tx } from '../../platform/index.ts';
import { finish, linesToCancel, markCancelled, withdrawInstalments } from './store.ts';
import type { Cancellation, CancelVouchers } from './types.ts';

/** Lines that one transaction cancels at most. */
export const BATCH = 2_000;

/**
 * Cancels the next lines of a confirmed cancellation: their vouchers first, so that a code which is being redeemed at this moment either
 * was paid, and its line stays, or is dead.
 * @param batch how many lines at most
 * @returns whether there may be more
 */
export async function cancelNext(
  context: { readonly tx: Tx; readonly now: Date },
  cancelVouchers: CancelVouchers,
  cancellation: Pick<Cancellation, 'id' | 'listId' | 'whole' | 'instalments'>,
  batch: number,
): Promise<boolean> {
  const { tx, now } = context;
  const lines = await linesToCancel(tx, cancellation, batch);
  const live = lines.filter(({ isOver }) => !isOver).map(({ voucherId }) => voucherId);
  const { cancelled } = live.length > 0 ? await cancelVouchers(context, live) : { cancelled: [] };
  const dead = new Set(cancelled.map(({ id }) => id));
  const gone = lines.filter(({ voucherId, isOver }) => isOver || dead.has(voucherId)).map(({ id }) => id);
  const marked = await markCancelled(tx, cancellation.id, gone);
  if (cancellation.instalments === 'withdrawn') await withdrawInstalments(tx, marked);
  // When nothing of a full batch could be cancelled, every line of it was paid meanwhile, and the next look passes over them.
  if (lines.length === batch) return true;
  await finish(tx, cancellation.id, now);
  return false;
}
