import { Money } from '../../platform/index.ts';
import { addDays, type Day, later } from './days.ts';
import type { Owing } from './types.ts';

/** An instalment that stands. */
export interface Made {
  readonly period: number;
  readonly from: Day;
  readonly to: Day;
  readonly amount: Money;
  /** Whether it is on a list that counts: then it stays as it is. */
  readonly isListed: boolean;
}

/** An instalment as it should stand. */
export interface Wanted extends Omit<Made, 'isListed'> {
  readonly dueOn: Day;
  /** Of the amount, what makes up for other instalments; below zero, for what was made out too much. */
  readonly carried: Money;
}

/** What instalments should stand beside those that are on lists, and what they do not make up for. */
export interface Settlement {
  readonly wanted: Wanted[];
  /** Above zero: owed and in no instalment yet. Below: made out beyond what is owed. The next instalment makes up for either. */
  readonly carried: Money;
}

/**
 * Settles what is owed against what is on lists. A period of which nothing is on a list gets an instalment; one of which something is, gets
 * another for the days after it when there are any. What lists hold beyond what is owed comes off the instalments that follow, none of which
 * goes below zero; what they hold too little of is added to them.
 * @param owing by period
 * @param carried what earlier periods have left to make up for
 */
export function settle(
  owing: readonly Owing[],
  made: readonly Made[],
  currency: string,
  carried: Money = Money.zero(currency),
): Settlement {
  const listed = made.filter(({ isListed }) => isListed);
  const periods = [...new Set([...owing, ...listed].map(({ period }) => period))].sort((one, other) => one - other);
  const wanted: Wanted[] = [];
  let balance = carried;
  for (const period of periods) {
    const owed = owing.find((one) => one.period === period);
    const held = listed.filter((one) => one.period === period);
    const due = owed?.amount ?? Money.zero(currency);
    balance = held.reduce((left, { amount }) => left.minus(amount), balance.plus(due));
    if (!owed || owed.parts.length === 0 || balance.isZero || balance.isNegative) continue;
    const from = held.reduce((first, { to }) => later(first, addDays(to, 1)), owed.from);
    if (from > owed.to) continue;
    wanted.push({ period, from, to: owed.to, dueOn: owed.dueOn, amount: balance, carried: balance.minus(due) });
    balance = Money.zero(currency);
  }
  return { wanted, carried: balance };
}
