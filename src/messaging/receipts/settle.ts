import type { Tx } from '../../platform/index.ts';
import { activateVouchers } from '../../vouchers/index.ts';
import type { Receipt } from '../gateways/gateway.ts';
import { applyReceipts, keepReceipts, type Moved, takeOut } from './store.ts';

/**
 * Takes receipts in, the same ones as often as they come and in any order: messages move on, a code that has reached its phone makes its voucher
 * payable though nobody knew that it was accepted, and what is of no message yet is kept.
 */
export async function settle(tx: Tx, now: Date, gatewayId: string, receipts: readonly Receipt[]): Promise<Moved[]> {
  const { moved, early } = await applyReceipts(tx, now, gatewayId, receipts);
  await activateVouchers(
    tx,
    now,
    moved.filter(({ state }) => state === 'delivered'),
  );
  await keepReceipts(tx, now, gatewayId, early);
  return moved;
}

/** Settles what is kept under some references. */
export async function settleKept(tx: Tx, now: Date, gatewayId: string, references: readonly string[]): Promise<Moved[]> {
  const kept = await takeOut(tx, gatewayId, references);
  return kept.length > 0 ? settle(tx, now, gatewayId, kept) : [];
}
