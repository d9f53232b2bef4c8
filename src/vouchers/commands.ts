import { post } from '../ledger/index.ts';
import { brokenConstraint, command, Money, newId, RetryTransaction } from '../platform/index.ts';
import { newSerial } from './serial.ts';
import { type DueFund, expire } from './store.ts';
import type { IssueContext, IssuedLine, IssuedList } from './types.ts';

/** Vouchers that one transaction expires at most. */
export const EXPIRY_BATCH = 1_000;

/**
 * Issues a voucher for each released line, in the release's own transaction. The ledger is the caller's to move.
 * @param serialOf makes serials; they are random, and in the one case in a thousand million that one is taken, the whole
 *   command starts again
 */
export async function issueVouchers(
  { tx, now, keyRing }: IssueContext,
  list: IssuedList,
  lines: readonly IssuedLine[],
  serialOf: () => string = newSerial,
): Promise<void> {
  try {
    await tx.insert(
      'vouchers',
      lines.map(({ id, beneficiaryId, collectorId, amount }) => ({
        id: newId(),
        serial: serialOf(),
        line_id: id,
        list_id: list.id,
        programme_id: list.programmeId,
        fund_id: list.fundId,
        beneficiary_id: beneficiaryId,
        collector_id: collectorId,
        amount: amount.toString(),
        currency: amount.currency,
        key_version: keyRing.currentVersion,
        issued_at: now,
      })),
    );
  } catch (error) {
    if (brokenConstraint(error) === 'vouchers_serial_key') throw new RetryTransaction('a serial was taken');
    throw error;
  }
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
