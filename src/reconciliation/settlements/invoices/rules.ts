import { Money } from '../../../platform/index.ts';
import type { ComparedLine, Difference } from './types.ts';

/** What is not as we know it of a line, each thing by its name; none when it agrees to the minor unit. */
export function differencesOf({ officeId, theirs, ours, agreedFee, claimedBefore, feeBefore }: ComparedLine): Difference[] {
  if (officeId === null) return ['office_unknown'];
  const principal = theirs.principal.compare(ours.principal);
  const fee = agreedFee && theirs.fee.compare(agreedFee);
  return [
    ...(theirs.payoutCount > ours.payoutCount ? (['more_payouts'] as const) : []),
    ...(theirs.payoutCount < ours.payoutCount ? (['fewer_payouts'] as const) : []),
    ...(principal > 0 ? (['principal_above'] as const) : []),
    ...(principal < 0 ? (['principal_below'] as const) : []),
    ...(claimedBefore.isZero && feeBefore.isZero ? [] : (['claimed_before'] as const)),
    ...(fee !== null && fee > 0 ? (['fee_above_tariff'] as const) : []),
    ...(fee !== null && fee < 0 ? (['fee_below_tariff'] as const) : []),
    ...(agreedFee === null && !theirs.fee.isZero ? (['fee_without_tariff'] as const) : []),
  ];
}

const least = (one: Money, other: Money): Money => (one.compare(other) <= 0 ? one : other);

/**
 * As much of a line as agrees: of what it asks for, no more than our pay-outs that no other invoice had, and no more of a fee than the
 * tariff gives and no other invoice had.
 */
export function agreeing({ officeId, theirs, ours, agreedFee, claimedBefore, feeBefore }: ComparedLine): { principal: Money; fee: Money } {
  const zero = Money.zero(theirs.principal.currency);
  if (officeId === null) return { principal: zero, fee: zero };
  const left = (all: Money, before: Money) => (all.compare(before) > 0 ? all.minus(before) : zero);
  const principal = least(theirs.principal, left(ours.principal, claimedBefore));
  return { principal, fee: claimedBefore.isZero ? least(theirs.fee, left(agreedFee ?? zero, feeBefore)) : zero };
}
