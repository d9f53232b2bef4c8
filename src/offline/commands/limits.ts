import { amountAboveZero } from '../../cashout/index.ts';
import { brokenConstraint, command, Money, newId, problem, type Text } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { insertLimits } from '../store/limits.ts';
import type { NewOfflineLimits, OfflineLimits } from '../types.ts';
import { say } from '../words.ts';

/**
 * Sets how much may be out at the offices of a programme, or at one of them. What is out already stays.
 * @throws not_found when there is no such programme or office; unprocessable for an amount that cannot be
 */
export const setLimits = command<NewOfflineLimits & { readonly programmeId: string }, OfflineLimits>({
  name: 'offline.set_limits',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, { programmeId, officeId = null, maxCash: given, ...limits }) {
    const { currency } = (await programmeById(tx, programmeId)).programme;
    const maxCash = readCash(given, currency, '/maxCash');
    const kept = { id: newId(), programmeId, officeId, ...limits, setBy: actor.id };
    try {
      await insertLimits(tx, kept, maxCash, now);
    } catch (error) {
      const broken = brokenConstraint(error);
      if (broken === 'offline_limits_office_id_fkey') throw problem.not_found('There is no such record.');
      if (broken === 'offline_limits_ceiling')
        throw problem.unprocessable(say('offline_limit_too_high'), {}, [{ pointer: '/maxCash/amount', detail: say('offline_limit_most') }]);
      throw error;
    }
    const result = { ...kept, maxCash: maxCash.toJSON(), setAt: now.toISOString() };
    return { result, subject: { type: 'offline_limits', id: kept.id }, after: result };
  },
});

/** @throws unprocessable for what is no amount of that currency above zero */
export function readCash({ amount, currency }: { amount: string; currency: string }, expected: string, pointer: string): Money {
  const unfit = (field: string, detail: Text) =>
    problem.unprocessable(say('offline_limit_unfit'), {}, [{ pointer: `${pointer}/${field}`, detail }]);
  if (currency !== expected) throw unfit('currency', say('offline_currency', { currency: expected }));
  const read = amountAboveZero(amount, expected);
  if (!(read instanceof Money)) throw unfit('amount', read);
  return read;
}
