import { post } from '../ledger/index.ts';
import { beginAgainOn, command, Money, newId } from '../platform/index.ts';
import { newSerial } from './serial.ts';
import { type DueFund, expire, insertVouchers } from './store.ts';
import type { IssueContext, IssuedLines, IssuedList } from './types.ts';

/** Vouchers that one transaction expires at most. */
export const EXPIRY_BATCH = 1_000;

/**
 * Issues a voucher for each released line of a part of a list, in the release's own transaction. The ledger is the caller's to move.
 * @param serialOf makes serials; they are random, and in the one case in a thousand million that one is taken, the whole
 *   command starts again
 * @throws Error when not as many lines were released as the caller says
 */
export async function issueVouchers(
  { tx, now, keyRing }: IssueContext,
  list: IssuedList,
  lines: IssuedLines,
  serialOf: () => string = newSerial,
): Promise<void> {
  const names = Array.from({ length: lines.count }, () => ({ id: newId(), serial: serialOf() }));
  const issued = await insertVouchers(tx, now, list, lines, names, keyRing.currentVersion).catch(
    beginAgainOn(['vouchers_serial_key'], 'a serial was taken'),
  );
  if (issued !== lines.count) throw new Error(`${lines.count} lines were to have vouchers, and ${issued} got one`);
}

/** Expires vouchers of a fund that have run out, and gives their money back to it. @returns how many */
export const expireVouchers = command<DueFund, number>({
  name: 'vouchers.expire',
  scope: (_db, { programmeId, fundId }) => ({ programme: programmeId, fund: fundId }),
  async run({ tx, now }, { programmeId, fundId }) {
    const expired = await expire(tx, now, fundId, EXPIRY_BATCH);
    await post(
      tx,
      now,
      expired.map(({ id, amount, currency }) => ({
        event: 'expiry' as const,
        programmeId,
        fundId,
        subject: { type: 'voucher', id },
        amount: Money.of(amount, currency),
      })),
    );
    return { result: expired.length, subject: { type: 'fund', id: fundId }, after: { expired: expired.map(({ id }) => id).sort() } };
  },
});
