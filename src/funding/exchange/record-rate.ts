import { command, currencyUnknown, isCurrency, newId, type ProblemPlace, placesWrong } from '../../platform/index.ts';
import type { ExchangeRate } from '../types.ts';
import { say } from '../words.ts';
import { insertRate } from './store.ts';

type NewRate = Pick<ExchangeRate, 'from' | 'to' | 'validOn' | 'rate' | 'source'>;

/** How far ahead a rate may be published. */
const DAYS_AHEAD = 31;

/**
 * Records what a unit of one currency is worth in another from a day on, for the whole agency. What was booked before stays as it is; of two
 * rates for one day the later recorded counts.
 * @throws unprocessable when a value breaks a rule
 */
export const recordRate = command<NewRate, ExchangeRate>({
  name: 'funding.record_rate',
  scope: () => ({}),
  async run({ tx, actor, now }, input) {
    const faults = faultsOf(input, now);
    if (faults.length > 0) throw placesWrong(faults);
    const rate: ExchangeRate = { id: newId(), ...input, recordedAt: now.toISOString() };
    await insertRate(tx, rate, actor.id);
    return { result: rate, subject: { type: 'exchange_rate', id: rate.id }, after: rate };
  },
});

function faultsOf({ from, to, validOn, rate }: NewRate, now: Date): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  const last = new Date(now.getTime() + DAYS_AHEAD * 86_400_000).toISOString().slice(0, 10);
  if (!isCurrency(from)) faults.push({ pointer: '/from', detail: currencyUnknown('EUR') });
  if (!isCurrency(to)) faults.push({ pointer: '/to', detail: currencyUnknown('DZD') });
  if (from === to) faults.push({ pointer: '/to', detail: say('rate_of_one_currency') });
  if (/^[0.]*$/.test(rate)) faults.push({ pointer: '/rate', detail: say('rate_not_above_zero') });
  if (validOn > last) faults.push({ pointer: '/validOn', detail: say('rate_too_early', { days: DAYS_AHEAD }) });
  return faults;
}
