import { command, dateIn, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { extendRow, lockRow } from './life-store.ts';
import { voucherProblem } from './problems.ts';
import { extensionFault } from './rules.ts';
import { endOfDay, voucherById } from './store.ts';
import type { Voucher } from './types.ts';
import { say, stateSaid } from './words.ts';

const past = (state: Voucher['state']) =>
  voucherProblem.voucher_past_change(say('voucher_not_payable', { state: stateSaid[state] }), { state });

/**
 * Keeps a voucher from being paid, at once: its code is known to somebody who should not know it, say. Two people unlock it, under another code.
 * @throws not_found; voucher_past_change when it cannot be paid as it is
 */
export const lockVoucher = command<{ voucherId: string; reason: string }, Voucher>({
  name: 'vouchers.lock',
  scope: async (db, { voucherId }) => (await voucherById(db, voucherId)).scope,
  async run({ tx }, { voucherId, reason }) {
    const { voucher: before } = await voucherById(tx, voucherId);
    if (!(await lockRow(tx, voucherId))) throw past(before.state);
    const { voucher } = await voucherById(tx, voucherId);
    return { result: voucher, subject: { type: 'voucher', id: voucherId }, before, after: voucher, reason };
  },
});

/**
 * Gives a voucher more time. The code stays as it is.
 * @throws not_found; unprocessable for a day that is not later, or too far ahead; voucher_past_change when it has no time left
 */
export const extendVoucher = command<{ voucherId: string; lastDay: string; reason: string }, Voucher>({
  name: 'vouchers.extend',
  scope: async (db, { voucherId }) => (await voucherById(db, voucherId)).scope,
  async run({ tx, now }, { voucherId, lastDay, reason }) {
    const { voucher: before, scope } = await voucherById(tx, voucherId);
    if (!before.expiresAt) throw past(before.state);
    const { timeZone } = (await programmeById(tx, scope.programme)).programme;
    const fault = extensionFault(dateIn(timeZone, now), dateIn(timeZone, new Date(Date.parse(before.expiresAt) - 1)), lastDay);
    if (fault) throw problem.unprocessable(say('voucher_last_day_unfit'), {}, [{ pointer: '/lastDay', detail: fault }]);
    if (!(await extendRow(tx, now, voucherId, await endOfDay(tx, timeZone, lastDay)))) throw past(before.state);
    const { voucher } = await voucherById(tx, voucherId);
    return { result: voucher, subject: { type: 'voucher', id: voucherId }, before, after: voucher, reason };
  },
});
