import { command, newId } from '../../platform/index.ts';
import { readAmount } from '../amounts.ts';
import { heldToRules, wronglyEntered } from '../problems.ts';
import { cashOf, insertMovement } from '../store/safe.ts';
import type { OfficeCash, SafeMovement } from '../types.ts';

/**
 * Writes down cash that was brought to an office or taken away. The office counts its cash from the first that is brought in until that is ended.
 * @throws not_found; unprocessable for an amount that cannot be; safe_short and safe_not_so where there is not as much, or not just as much; safe_reference_used
 */
export const moveSafeCash = command<SafeMovement & { readonly officeId: string }, OfficeCash>({
  name: 'cashout.move_safe_cash',
  scope: (_db, { officeId }) => ({ office: officeId }),
  async run({ tx, actor, now }, { officeId, kind, reference, ...told }) {
    const amount = readAmount(told.amount, '/amount', kind === 'ended');
    const enoughFrom = told.enoughFrom && readAmount(told.enoughFrom, '/enoughFrom', true);
    if (enoughFrom && (kind !== 'brought_in' || enoughFrom.currency !== amount.currency))
      throw wronglyEntered('/enoughFrom', 'enough_from_wrong');
    const before = await cashOf(tx, officeId, now);
    const movement = { id: newId(), officeId, kind, amount, enoughFrom, reference };
    await heldToRules(insertMovement(tx, movement, actor.id, now));
    const after = await cashOf(tx, officeId, now);
    return { result: after, subject: { type: 'office', id: officeId }, before, after, reason: `${kind}: ${reference}` };
  },
});
