import { Money, type ProblemPlace } from '../platform/index.ts';
import type { AmountRule, HouseholdTier, NewPlan } from './types.ts';

/** An amount rule as tiers by household size; a fixed amount is one tier for every size. */
export const tiersOf = (rule: AmountRule): readonly HouseholdTier[] =>
  rule.rule === 'fixed' ? [{ fromSize: 1, amount: rule.amount }] : rule.amounts;

function faultOfAmount(amount: string, currency: string): string | undefined {
  try {
    const money = Money.of(amount, currency);
    return money.isZero || money.isNegative ? 'An amount is above zero.' : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What is wrong with a plan that fits the contract. */
export function faultsOf(
  { amountRule, dueOn }: NewPlan,
  programme: { readonly currency: string; readonly startsOn: string; readonly endsOn: string },
): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  const tiers = tiersOf(amountRule);
  tiers.forEach(({ amount, fromSize }, i) => {
    const detail = faultOfAmount(amount, programme.currency);
    const place = amountRule.rule === 'fixed' ? '/amountRule' : `/amountRule/amounts/${i}`;
    if (detail) faults.push({ pointer: `${place}/amount`, detail });
    if (tiers.findIndex((tier) => tier.fromSize === fromSize) < i) {
      faults.push({ pointer: `${place}/fromSize`, detail: 'This size has an amount already.' });
    }
  });
  if (!tiers.some(({ fromSize }) => fromSize === 1)) {
    faults.push({ pointer: '/amountRule/amounts', detail: 'One amount must start at a household of one.' });
  }
  if (dueOn < programme.startsOn || dueOn > programme.endsOn) {
    faults.push({ pointer: '/dueOn', detail: `The programme runs from ${programme.startsOn} to ${programme.endsOn}.` });
  }
  return faults;
}
