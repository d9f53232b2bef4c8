import { command, isCurrency, Money, type ProblemPlace, problem } from '../platform/index.ts';
import { type Aimed, counted, type Dated, refuse } from './changing.ts';
import { limitsOf, replaceLimits } from './limits-store.ts';
import { findOffice } from './store.ts';
import type { OfficeLimit } from './types.ts';
import { say } from './words.ts';

/**
 * Says how much an office pays in a day and at once.
 * @throws not_found; conflict; unprocessable for a currency that there is not or is named twice, and an amount that cannot be
 */
export const setLimits = command<Aimed & { limits: readonly OfficeLimit[] }, Dated<OfficeLimit[]>>({
  name: 'offices.set_limits',
  scope: (_db, { id }) => ({ office: id }),
  async run({ tx }, input) {
    const { id, limits } = input;
    if (!(await findOffice(tx, id))) throw problem.not_found('There is no such record.');
    refuse(limits.flatMap((limit, i) => limitFaults(limit, i, limits)));
    const before = await limitsOf(tx, id);
    const version = await counted(tx, input);
    await replaceLimits(tx, id, limits);
    const after = await limitsOf(tx, id);
    return { result: { value: after, version }, subject: { type: 'office', id }, before, after };
  },
});

function limitFaults({ currency, perDay, perPayout }: OfficeLimit, i: number, limits: readonly OfficeLimit[]): ProblemPlace[] {
  if (!isCurrency(currency)) return [{ pointer: `/limits/${i}/currency`, detail: say('office_limit_currency_unknown') }];
  if (limits.findIndex((other) => other.currency === currency) !== i)
    return [{ pointer: `/limits/${i}/currency`, detail: say('office_limit_currency_twice') }];
  if (perDay === null && perPayout === null) return [{ pointer: `/limits/${i}`, detail: say('office_limit_missing') }];
  return (['perDay', 'perPayout'] as const).flatMap((name) => {
    const amount = { perDay, perPayout }[name];
    return amount === null || isAmount(amount, currency)
      ? []
      : [{ pointer: `/limits/${i}/${name}`, detail: say('office_limit_unfit', { currency }) }];
  });
}

function isAmount(text: string, currency: string): boolean {
  try {
    const amount = Money.of(text, currency);
    return !amount.isNegative && !amount.isZero;
  } catch {
    return false;
  }
}
