import { separationOfDuties } from '../../access/index.ts';
import { beginAgainOn, command, Money, newId, problem } from '../../platform/index.ts';
import { serialFaults } from '../rules.ts';
import { advanceById, carriableVouchers, fundCurrency, hadHandInAny, insertAdvance } from '../store.ts';
import type { Advance, NewAdvance } from '../types.ts';
import { say } from '../words.ts';

/**
 * Asks for the cash of one's own round: what the vouchers on it come to. A voucher is on one round at a time; it can be paid at an office until
 * the cash is handed over.
 * @throws not_found when the programme has no such fund; unprocessable, naming each serial that cannot be carried; separation_of_duties to
 *   who had a hand in one of the lists or the people
 */
export const askAdvance = command<NewAdvance & { readonly programmeId: string }, Advance>({
  name: 'handovers.ask_advance',
  async scope(db, { programmeId, fundId }) {
    if (!(await fundCurrency(db, programmeId, fundId))) throw problem.not_found('There is no such record.');
    return { programme: programmeId, fund: fundId };
  },
  async run({ tx, actor, now }, { programmeId, fundId, round, visitOn, serials }) {
    const currency = (await fundCurrency(tx, programmeId, fundId)) ?? '';
    const found = await carriableVouchers(tx, now, fundId, serials);
    const faults = serialFaults(serials, found);
    if (faults.length > 0) throw problem.unprocessable(say('round_unfit'), {}, faults);
    const vouchers = [...found.values()];
    const ids = vouchers.map((voucher) => voucher.id);
    if (await hadHandInAny(tx, actor.id, ids)) throw separationOfDuties('payouts_by_another');
    const amount = Money.sum(
      vouchers.map((voucher) => Money.of(voucher.amount, currency)),
      currency,
    );
    const id = newId();
    await insertAdvance(tx, { id, programmeId, fundId, officerId: actor.id, round, visitOn, amount, at: now }, ids).catch(
      beginAgainOn(['advance_vouchers_once', 'advance_vouchers_unbound'], 'a voucher came onto another round, or into a pack'),
    );
    const result = await advanceById(tx, now, id);
    return { result, subject: { type: 'advance', id }, after: { ...result, vouchers: ids.toSorted() } };
  },
});
