import { Money, problem } from '../../platform/index.ts';
import { amountFor, type Bounds, brokenBound, isAmount } from '../amounts.ts';
import { refused, type Standing } from '../people/rules.ts';
import type { RefusalCode, Refused } from '../people/types.ts';
import type { AmountRule } from '../plan-base.ts';
import { addDays, type Day, earlier } from '../schedule/days.ts';
import { say } from '../words.ts';
import type { EmergencyTerms, NewEntry } from './types.ts';

/**
 * @param today in the programme's time zone
 * @param endsOn the programme's last day
 * @throws unprocessable when a day is not between today and so many days on
 */
export function requireSoon(dueOn: Day, today: Day, withinDays: number, endsOn: Day): void {
  const last = earlier(addDays(today, withinDays), endsOn);
  if (dueOn >= today && dueOn <= last) return;
  const detail = last < today ? say('programme_ended_on', { endsOn }) : say('day_between', { today, last });
  throw problem.unprocessable(say('emergency_due_soon'), {}, [{ pointer: '/dueOn', detail }]);
}

/** What decides how much somebody is paid. */
export interface Paying extends Pick<EmergencyTerms, 'namedAmounts'> {
  readonly amountRule: AmountRule;
  readonly bounds: Bounds;
}

/** What an entry pays somebody, as decimal text: what it says where the plan lets it, otherwise by the rule; or why it cannot. */
export function amountOf(
  { amount }: Pick<NewEntry, 'amount'>,
  householdSize: number,
  { amountRule, namedAmounts, bounds }: Paying,
): { readonly amount: string } | { readonly fault: RefusalCode } {
  if (amount !== undefined && !namedAmounts) return { fault: 'amount_of_plan' };
  const paid = amount ?? amountFor(amountRule, householdSize, null);
  if (paid === null || !isAmount(paid, bounds.currency)) return { fault: 'amount' };
  const fault = brokenBound(bounds, Money.of(paid, bounds.currency));
  return fault ? { fault } : { amount: paid };
}

/** Somebody who can be entered, and what they are paid. */
export interface Able extends Standing {
  readonly amount: string;
}

/** Who of those named can be entered: nobody who is in another plan but whose entry says why, and nobody whose amount cannot be. */
export function allowed(
  standing: readonly Standing[],
  entries: readonly NewEntry[],
  inOtherPlans: ReadonlySet<string>,
  paying: Paying,
): { able: Able[]; refused: Refused[] } {
  const able: Able[] = [];
  const out: Refused[] = [];
  for (const one of standing) {
    const { index, person } = one;
    const entry = entries[index];
    const paid = amountOf(entry ?? {}, person.householdSize, paying);
    if (inOtherPlans.has(person.beneficiaryId) && entry?.despite === undefined) out.push(refused(index, 'in_another_plan'));
    else if ('fault' in paid) out.push(refused(index, paid.fault));
    else able.push({ ...one, ...paid });
  }
  return { able, refused: out };
}
