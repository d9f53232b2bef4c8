import { post } from '../ledger/index.ts';
import { type CommandContext, Money } from '../platform/index.ts';
import { cancelRows } from './life-store.ts';
import { statesOf } from './store.ts';
import type { Cancellation } from './types.ts';

/**
 * Cancels vouchers that are neither paid nor over, within a command of the caller's: their codes are dead, and their money is back in the
 * fund. One that is being paid at this moment is waited for and left alone. Whoever calls this has asked two people.
 * @param voucherIds those of one batch, a few thousand at most
 */
export async function cancelVouchers(
  { tx, now }: Pick<CommandContext, 'tx' | 'now'>,
  voucherIds: readonly string[],
): Promise<Cancellation> {
  const rows = await cancelRows(tx, voucherIds);
  const cancelled = rows.map(({ amount, currency, ...row }) => ({ ...row, amount: Money.of(amount, currency) }));
  await post(
    tx,
    now,
    cancelled.map(({ id, programmeId, fundId, amount }) => ({
      event: 'cancellation' as const,
      programmeId,
      fundId,
      subject: { type: 'voucher', id },
      amount,
    })),
  );
  const done = new Set(rows.map(({ id }) => id));
  const others = voucherIds.filter((id) => !done.has(id));
  const states = await statesOf(tx, others);
  return {
    cancelled: cancelled.map(({ id, lineId, amount }) => ({ id, lineId, amount })),
    left: others.map((id) => ({ id, state: states.get(id) ?? null })),
  };
}
