import { brokenConstraint, type Command, type CommandContext, command, newId, problem } from '../platform/index.ts';
import { cancelVouchers } from './cancel.ts';
import { changeById, decideChange, insertChange } from './change-store.ts';
import { renewCode } from './life-store.ts';
import { voucherProblem } from './problems.ts';
import { voucherChanges } from './rules.ts';
import { activateCarried, voucherById } from './store.ts';
import type { NewVoucherChange, SendNewCodes, Voucher, VoucherChange } from './types.ts';
import { say, stateSaid } from './words.ts';

const past = (state: Voucher['state']) =>
  voucherProblem.voucher_past_change(say('voucher_past_change', { state: stateSaid[state] }), { state });

/**
 * Asks that a voucher be cancelled, given another code, or unlocked under another code. Nothing happens to it before somebody else confirms.
 * @throws not_found; voucher_past_change in a state in which it is not done; voucher_change_open when something else is asked for it
 */
export const askChange = command<NewVoucherChange & { readonly voucherId: string }, VoucherChange>({
  name: 'vouchers.ask_change',
  scope: async (db, { voucherId }) => (await voucherById(db, voucherId)).scope,
  async run({ tx, actor, now }, { voucherId, kind, reason }) {
    const { state } = (await voucherById(tx, voucherId)).voucher;
    if (!(voucherChanges[kind] as readonly string[]).includes(state)) throw past(state);
    const id = newId();
    try {
      await insertChange(tx, { id, voucherId, kind, reason, by: actor.id, at: now });
    } catch (error) {
      if (brokenConstraint(error) !== 'voucher_changes_one_at_a_time') throw error;
      throw voucherProblem.voucher_change_open(say('voucher_change_open'));
    }
    const { change } = await changeById(tx, id);
    return { result: change, subject: { type: 'voucher', id: voucherId }, after: change, reason: `${kind}: ${reason}` };
  },
});

/**
 * Carries out what somebody else has asked for. A cancelled voucher gives its money back to the fund. Another code is sent to whoever
 * collects, if they have a telephone; the old one is dead at once, sent or not.
 * @throws not_found; conflict when it was decided before; voucher_past_change when the voucher was paid or ran out meanwhile;
 *   separation_of_duties to who asked
 */
export const confirmChange = (send: SendNewCodes): Command<{ changeId: string }, VoucherChange> =>
  command({
    name: 'vouchers.confirm_change',
    scope: async (db, { changeId }) => (await changeById(db, changeId)).scope,
    async run(context, { changeId }) {
      const { tx, actor, now } = context;
      const { change: before } = await changeById(tx, changeId);
      const { voucherId, kind, reason } = before;
      if (!(await decideChange(tx, changeId, { state: 'done', by: actor.id, at: now }))) throw decided();
      if (!(await carryOut(context, before))) throw past((await voucherById(tx, voucherId)).voucher.state);
      const { change } = await changeById(tx, changeId);
      const followUps = kind === 'cancel' ? [] : await send(tx, now, [voucherId]);
      return {
        result: change,
        subject: { type: 'voucher', id: voucherId },
        before,
        after: change,
        reason: `${kind}: ${reason}`,
        followUps,
      };
    },
  });

/** Takes back what was asked for and nobody has confirmed. Anybody who may ask may do so. @throws not_found; conflict when it was decided */
export const withdrawChange = command<{ changeId: string }, VoucherChange>({
  name: 'vouchers.withdraw_change',
  scope: async (db, { changeId }) => (await changeById(db, changeId)).scope,
  async run({ tx, actor, now }, { changeId }) {
    const { change: before } = await changeById(tx, changeId);
    if (!(await decideChange(tx, changeId, { state: 'withdrawn', by: actor.id, at: now }))) throw decided();
    const { change } = await changeById(tx, changeId);
    return { result: change, subject: { type: 'voucher', id: before.voucherId }, before, after: change, reason: before.kind };
  },
});

const decided = () => problem.conflict(say('voucher_change_decided'));

async function carryOut({ tx, now, keyRing }: CommandContext, { voucherId, kind }: VoucherChange): Promise<boolean> {
  if (kind === 'cancel') return (await cancelVouchers({ tx, now }, [voucherId])).cancelled.length === 1;
  const isRenewed = await renewCode(tx, now, voucherId, keyRing.currentVersion, voucherChanges[kind]);
  if (isRenewed) await activateCarried(tx, now, voucherId);
  return isRenewed;
}
