import { post } from '../../../ledger/index.ts';
import { command } from '../../../platform/index.ts';
import type { Settlement, SettlementSheet } from '../types.ts';
import { sheetOf } from './queries.ts';
import { type Hand, scopeOfSettlement, settlementToMove, takeStep } from './step.ts';
import { linesOf, markPaid, settlementsListed } from './store.ts';

/** Posts what the bank has paid: each office's part, out of the bank. */
async function bookAsPaid(hand: Hand, settlement: Settlement, bankReference: string): Promise<void> {
  const { tx, now } = hand;
  const { id, programmeId, fundId } = settlement;
  await takeStep(hand, settlement, 'paid');
  const lines = await linesOf(tx, id);
  await post(
    tx,
    now,
    lines.map(({ position, officeId, principal, fee }) => ({
      event: 'settlement' as const,
      programmeId,
      fundId,
      officeId,
      subject: { type: 'settlement', id },
      part: position,
      amount: principal.plus(fee),
    })),
  );
  await markPaid(tx, id, bankReference, now);
}

/**
 * Says that the bank has carried an order out, by its own reference. Now what was owed to the post is paid, and the bank holds less.
 * @throws not_found; conflict when the settlement is not instructed; separation_of_duties
 */
export const confirmSettlement = command<{ readonly settlementId: string; readonly bankReference: string }, SettlementSheet>({
  name: 'reconciliation.confirm_settlement',
  scope: scopeOfSettlement,
  async run(context, { settlementId, bankReference }) {
    const before = await settlementToMove(context, settlementId);
    await bookAsPaid(context, before, bankReference);
    const result = await sheetOf(context.tx, settlementId);
    return { result, subject: { type: 'settlement', id: settlementId }, before, after: result };
  },
});

/**
 * Pays the settlements that lines of a statement of the bank were matched with and that waited for it, in the name of whoever matched them.
 * One that they may not pay waits on, to be confirmed by somebody else. For whoever matches statements, in the same transaction.
 * @param hand who matched, and when
 * @returns those that are paid now
 */
export async function payMatched(hand: Hand, statementId: string): Promise<string[]> {
  const waiting = await settlementsListed(hand.tx, statementId, hand.actor.id);
  const paid: string[] = [];
  for (const { id, bankReference } of waiting) {
    const settlement = await settlementToMove(hand, id);
    if (settlement.state !== 'instructed') continue;
    await bookAsPaid(hand, settlement, bankReference);
    paid.push(id);
  }
  return paid;
}
