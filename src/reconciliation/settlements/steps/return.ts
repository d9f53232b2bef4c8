import { post } from '../../../ledger/index.ts';
import { sql, type Tx } from '../../../platform/index.ts';
import { settlementById } from './step.ts';
import { linesOf, lockSettlement, moveSettlement } from './store.ts';

/** The settlement that an exception is about. */
const settlementOf = async (tx: Tx, exceptionId: string): Promise<string | undefined> =>
  (
    await tx.first<{ id: string }>(
      sql`select record_id as id from exceptions where id = ${exceptionId} and record_type = 'settlement' and record_id is not null`,
    )
  )?.id;

/**
 * Books that the bank sent a settlement back, as was approved of an exception: each office's part is owed again.
 * @param decisionId what was approved, by which it is posted
 */
export async function bookReturned(
  tx: Tx,
  at: Date,
  { id: decisionId, exceptionId }: { readonly id: string; readonly exceptionId: string },
): Promise<void> {
  const id = await settlementOf(tx, exceptionId);
  if (!id) throw new RangeError('an exception about a settlement');
  await lockSettlement(tx, id);
  const { programmeId, fundId } = await settlementById(tx, id);
  await post(
    tx,
    at,
    (await linesOf(tx, id)).map(({ position, officeId, principal, fee }) => ({
      event: 'settlement_returned' as const,
      programmeId,
      fundId,
      officeId,
      subject: { type: 'exception_decision', id: decisionId },
      part: position,
      amount: principal.plus(fee),
    })),
  );
  await moveSettlement(tx, id, 'returned');
}

/** A settlement that came back, as was said of an exception, is paid after all. @throws Error by constraint `settlements_within_owed` */
export async function undoReturn(tx: Tx, exceptionId: string): Promise<void> {
  const id = await settlementOf(tx, exceptionId);
  if (!id) return;
  await lockSettlement(tx, id);
  if ((await settlementById(tx, id)).state === 'returned') await moveSettlement(tx, id, 'paid');
}
