import { AmountError, currencyUnknown, isCurrency, Money, type ProblemPlace, problem } from '../platform/index.ts';
import type { Amount } from './types.ts';
import { say } from './words.ts';

/** What is wrong with an amount that must be above zero, if anything. @param pointer where it stands in the request */
export function faultOfAmount({ amount, currency }: Amount, pointer: string): ProblemPlace | undefined {
  if (!isCurrency(currency)) return { pointer: `${pointer}/currency`, detail: currencyUnknown('EUR') };
  try {
    const money = Money.of(amount, currency);
    return money.isZero || money.isNegative ? { pointer: `${pointer}/amount`, detail: say('amount_not_above_zero') } : undefined;
  } catch (error) {
    if (!(error instanceof AmountError)) throw error;
    return { pointer: `${pointer}/amount`, detail: error.text };
  }
}

/** An amount above zero. @throws unprocessable, naming the place, when it is not, or does not fit its currency */
export function positive(given: Amount, pointer: string): Money {
  const fault = faultOfAmount(given, pointer);
  if (fault) throw problem.unprocessable(say('amount_impossible'), {}, [fault]);
  return Money.of(given.amount, given.currency);
}

/** @throws unprocessable, naming the place, when a day is still to come */
export function refuseFutureDay(day: string, today: string, pointer: string): void {
  if (day > today) throw problem.unprocessable(say('day_to_come'), {}, [{ pointer, detail: say('day_up_to', { today }) }]);
}
