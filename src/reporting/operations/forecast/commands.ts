import { expectedOfPlan } from '../../../assistance/index.ts';
import { command, Money } from '../../../platform/index.ts';
import { currencyOf, keepForecast, plansOf, unlistedByMonth } from './store.ts';

/**
 * Works out what the plans of a programme will still owe, month by month: what was made out and is on no list that counts, and what is still to be
 * made out if nobody's record changes.
 */
export const forecastOperations = command<{ programmeId: string }, null>({
  name: 'operations.forecast',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, now }, { programmeId }) {
    const currency = await currencyOf(tx, programmeId);
    const months = new Map(
      (await unlistedByMonth(tx, programmeId)).map(({ month, amount }) => [month, { unlisted: amount, expected: Money.zero(currency) }]),
    );
    for (const planId of await plansOf(tx, programmeId)) {
      for (const [month, amount] of (await expectedOfPlan(tx, planId, now)) ?? []) {
        const known = months.get(month) ?? { unlisted: '0', expected: Money.zero(currency) };
        months.set(month, { ...known, expected: known.expected.plus(amount) });
      }
    }
    const forecast = [...months].map(([month, { unlisted, expected }]) => ({ month, unlisted, expected: expected.toJSON().amount }));
    await keepForecast(tx, programmeId, now, forecast);
    return { result: null, subject: { type: 'programme', id: programmeId }, after: { forecast } };
  },
});
