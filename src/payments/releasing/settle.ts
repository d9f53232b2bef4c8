import { post } from '../../ledger/index.ts';
import { type CommandContext, dateIn } from '../../platform/index.ts';
import { lockOverlap } from '../overlap/index.ts';
import { conditionsOf } from '../payable.ts';
import { termsOf } from '../queries.ts';
import { markReleased } from '../store.ts';
import type { IssueVouchers, PaymentList } from '../types.ts';
import { settleLines } from './line-store.ts';
import { insertBatch, nextPart } from './store.ts';

/** Lines that one transaction settles. */
export const BATCH = 2_000;

/**
 * Settles the next lines of a list that is being released: checks each again, issues vouchers for the good ones, returns the others with their
 * reason, and posts what that comes to in each fund. With the last of them the list is released.
 * @param batch how many lines at most
 * @returns whether there are more
 */
export async function settleNext(
  context: Pick<CommandContext, 'tx' | 'now' | 'keyRing'>,
  list: PaymentList,
  issue: IssueVouchers,
  batch = BATCH,
): Promise<boolean> {
  const { tx, now } = context;
  const { number, isLast, ...part } = await nextPart(tx, list.id, batch);
  await lockOverlap(tx, list.id, part.from, part.to);
  const terms = await termsOf(tx, list);
  const day = dateIn(terms.programme.timeZone, now);
  const settled = await settleLines(tx, list.id, part, { ...conditionsOf(terms), day });
  await insertBatch(tx, list.id, number, part, now);
  const subject = { type: 'payment_list', id: list.id };
  const moves = settled.flatMap(({ fundId, released, returned }) => [
    { event: 'approval_returned' as const, fundId, amount: returned },
    { event: 'issue' as const, fundId, amount: released },
  ]);
  await post(
    tx,
    now,
    moves.filter(({ amount }) => !amount.isZero).map((move) => ({ ...move, programmeId: list.programmeId, subject, part: number })),
  );
  const count = settled.reduce((sum, { lines }) => sum + lines, 0);
  if (count > 0) await issue.part(context, list, { ...part, count });
  if (isLast) await markReleased(tx, list.id, now);
  return !isLast;
}
