import { problem } from '../../platform/index.ts';
import { amountFor as plannedAmount } from '../amounts.ts';
import { refused, type Standing } from '../people/rules.ts';
import type { Refused } from '../people/types.ts';
import type { AmountRule } from '../plan-base.ts';
import { addDays } from '../schedule/days.ts';
import type { NewEntry } from './types.ts';

/** What somebody in a household of this size is owed, as decimal text. */
export function amountFor(rule: AmountRule, householdSize: number): string {
  const amount = plannedAmount(rule, householdSize, null);
  if (amount === null) throw new Error('an amount rule without an amount for a household of one');
  return amount;
}

/** @param today ISO 8601 in the programme's time zone @throws unprocessable when a day is not between today and so many days on */
export function requireSoon(dueOn: string, today: string, withinDays: number): void {
  const last = addDays(today, withinDays);
  if (dueOn < today || dueOn > last)
    throw problem.unprocessable('Emergency cash falls due within days.', {}, [
      { pointer: '/dueOn', detail: `A day from ${today} to ${last}.` },
    ]);
}

/** Who can be entered though some are in other plans: nobody of these but whose entry says why. */
export function allowed(
  standing: readonly Standing[],
  entries: readonly NewEntry[],
  inOtherPlans: ReadonlySet<string>,
): { able: Standing[]; refused: Refused[] } {
  const isFree = ({ index, person }: Standing) => !inOtherPlans.has(person.beneficiaryId) || entries[index]?.despite !== undefined;
  return {
    able: standing.filter(isFree),
    refused: standing.filter((one) => !isFree(one)).map(({ index }) => refused(index, 'in_another_plan')),
  };
}
