import { Money, type ProblemPlace, problem } from '../../platform/index.ts';
import type { Programme } from '../../programmes/index.ts';
import { type Bounds, brokenBound, isAmount } from '../amounts.ts';
import { MILLION, wholeUnits } from '../decimals.ts';
import { refused } from '../people/rules.ts';
import type { Refused } from '../people/types.ts';
import { say } from '../words.ts';
import type { TopUpRule, TopUpTerms } from './types.ts';

/** A percentage has four decimals at most, so it is counted in millionths of the whole. */
const millionthsOf = (percentage: string): number => wholeUnits(percentage, 4);

/** What tops up an amount: the same for all, or a percentage of it rounded half-even to the minor unit. It may come to zero. */
export const topUpOf = (source: Money, { amount, percentage = '0' }: Pick<TopUpTerms, 'amount' | 'percentage'>): Money =>
  amount === undefined ? source.portion(millionthsOf(percentage), MILLION) : Money.of(amount, source.currency);

/** What is wrong with a top-up that fits the contract. */
export function faultsOfTopUp(
  { amount, percentage, dueOn }: TopUpTerms,
  { currency, startsOn, endsOn }: Pick<Programme, 'currency' | 'startsOn' | 'endsOn'>,
): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  if ((amount === undefined) === (percentage === undefined)) faults.push({ pointer: '/topUp/amount', detail: say('amount_or_percentage') });
  else if (amount !== undefined && !isAmount(amount, currency))
    faults.push({ pointer: '/topUp/amount', detail: say('amount_unfit_for_currency', { currency }) });
  else if (percentage !== undefined && millionthsOf(percentage) === 0)
    faults.push({ pointer: '/topUp/percentage', detail: say('percentage_not_above_zero') });
  if (dueOn < startsOn || dueOn > endsOn) faults.push({ pointer: '/topUp/dueOn', detail: say('programme_runs', { startsOn, endsOn }) });
  return faults;
}

/** @throws unprocessable when a rule ends before it begins */
export function requireDays({ from, to }: Pick<TopUpRule, 'from' | 'to'>): void {
  if (to < from) throw problem.unprocessable(say('days_end_early'), {}, [{ pointer: '/to', detail: say('not_before', { from }) }]);
}

/** What is known of an instalment that somebody wants topped up. */
export interface Source {
  readonly instalmentId: string;
  /** Whether it is of the person who was named, under whichever of their records. */
  readonly isTheirs: boolean;
  readonly isTopUp: boolean;
  readonly isReleased: boolean;
  readonly isToppedUp: boolean;
  readonly amount: Money;
}

/**
 * Why an instalment cannot be topped up; undefined when it can.
 * @param source undefined when there is none
 * @param wasNamed whether the caller said which
 */
export function refusalOf(
  index: number,
  source: Source | undefined,
  wasNamed: boolean,
  terms: TopUpTerms,
  bounds: Bounds,
): Refused | undefined {
  if (!source) return refused(index, wasNamed ? 'not_found' : 'no_source');
  if (!source.isTheirs) return refused(index, 'not_theirs');
  if (source.isTopUp) return refused(index, 'is_top_up');
  if (!source.isReleased) return refused(index, 'not_released');
  if (source.isToppedUp) return refused(index, 'topped_up_already');
  const amount = topUpOf(source.amount, terms);
  const fault = amount.isZero ? 'comes_to_nothing' : brokenBound(bounds, amount);
  return fault ? refused(index, fault) : undefined;
}
