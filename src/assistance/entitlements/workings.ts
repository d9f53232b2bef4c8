import { Money } from '../../platform/index.ts';
import type { Amount } from '../plan-base.ts';
import { daysIn } from '../schedule/days.ts';
import type { WorkingLine } from './types.ts';

/** An instalment as the table holds it, as far as its sum goes. */
export interface Sum {
  readonly amount: string;
  readonly carried: string;
  /** Null for a whole period at one rate. */
  readonly workings: readonly { readonly from: string; readonly to: string; readonly of: number; readonly rate: string }[] | null;
  readonly coversFrom: string;
  readonly coversTo: string;
}

const noDays = { from: null, to: null, days: null, of: null, rate: null };

/**
 * An instalment as a sum that can be done again: so many days of so many at a rate, what rounding added or took, and what makes up for
 * other instalments. The lines add up to the amount.
 */
export function linesOf(sum: Sum, currency: string): WorkingLine[] {
  const amount = Money.of(sum.amount, currency);
  const carried = Money.of(sum.carried, currency);
  const own = amount.minus(carried);
  const days = daysIn(sum.coversFrom, sum.coversTo);
  const parts = sum.workings ?? [{ from: sum.coversFrom, to: sum.coversTo, of: days, rate: own.toString() }];
  const lines = parts.map(({ from, to, of, rate: text }) => {
    const rate = Money.of(text, currency);
    return { from, to, days: daysIn(from, to), of, rate, amount: rate.portion(daysIn(from, to), of) };
  });
  const rounding = own.minus(
    Money.sum(
      lines.map((line) => line.amount),
      currency,
    ),
  );
  const beside = (what: 'rounding' | 'carried', money: Money): WorkingLine[] =>
    money.isZero ? [] : [{ what, ...noDays, amount: money.toJSON() }];
  return [
    ...lines.map((line): WorkingLine => ({ what: 'days', ...line, rate: json(line.rate), amount: json(line.amount) })),
    ...beside('rounding', rounding),
    ...beside('carried', carried),
  ];
}

const json = (money: Money): Amount => money.toJSON();
