import { brokenConstraint, command, Money, newId, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { insertLimits } from '../store/limits.ts';
import type { NewOfflineLimits, OfflineLimits } from '../types.ts';

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
        throw problem.unprocessable('Nobody may allow as much.', {}, [{ pointer: '/maxCash/amount', detail: '10000000 at most.' }]);
      throw error;
    }
    const result = { ...kept, maxCash: maxCash.toJSON(), setAt: now.toISOString() };
    return { result, subject: { type: 'offline_limits', id: kept.id }, after: result };
  },
});

/** @throws unprocessable for what is no amount of that currency above zero */
export function readCash({ amount, currency }: { amount: string; currency: string }, expected: string, pointer: string): Money {
  if (currency !== expected)
    throw problem.unprocessable('This amount cannot be.', {}, [
      { pointer: `${pointer}/currency`, detail: `The programme pays in ${expected}.` },
    ]);
  try {
    const read = Money.of(amount, expected);
    if (read.isZero || read.isNegative) throw new RangeError('An amount above zero.');
    return read;
  } catch (error) {
    throw problem.unprocessable('This amount cannot be.', {}, [{ pointer: `${pointer}/amount`, detail: (error as Error).message }]);
  }
}
