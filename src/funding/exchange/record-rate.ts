import { command, isCurrency, newId, type ProblemPlace, problem } from '../../platform/index.ts';
import type { ExchangeRate } from '../types.ts';
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
    if (faults.length > 0) throw problem.unprocessable('The rate breaks a rule.', {}, faults);
    const rate: ExchangeRate = { id: newId(), ...input, recordedAt: now.toISOString() };
    await insertRate(tx, rate, actor.id);
    return { result: rate, subject: { type: 'exchange_rate', id: rate.id }, after: rate };
  },
});

function faultsOf({ from, to, validOn, rate }: NewRate, now: Date): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  const last = new Date(now.getTime() + DAYS_AHEAD * 86_400_000).toISOString().slice(0, 10);
  if (!isCurrency(from)) faults.push({ pointer: '/from', detail: 'Use an ISO 4217 code, such as EUR.' });
  if (!isCurrency(to)) faults.push({ pointer: '/to', detail: 'Use an ISO 4217 code, such as DZD.' });
  if (from === to) faults.push({ pointer: '/to', detail: 'A rate is between two currencies.' });
  if (/^[0.]*$/.test(rate)) faults.push({ pointer: '/rate', detail: 'A rate is above zero.' });
  if (validOn > last) faults.push({ pointer: '/validOn', detail: `A rate is recorded ${DAYS_AHEAD} days ahead at most.` });
  return faults;
}
