import { Money, problem } from '../platform/index.ts';
import type { ApprovalRule } from '../programmes/index.ts';
import type { AgeBand, LineState, ListState } from './types.ts';

/** What a list may become. The database refuses every other move, whoever asks. */
export const listMoves: Readonly<Record<ListState, readonly ListState[]>> = {
  draft: ['submitted', 'cancelled'],
  submitted: ['approved', 'rejected', 'cancelled'],
  approved: ['released', 'cancelled'],
  released: ['closed'],
  closed: [],
  rejected: ['cancelled'],
  cancelled: [],
};

/** What a line may become. */
export const lineMoves: Readonly<Record<LineState, readonly LineState[]>> = {
  included: ['released', 'returned'],
  released: [],
  returned: [],
};

/** @throws conflict when a list in one state cannot become another */
export function requireMove(from: ListState, to: ListState): void {
  if (!listMoves[from].includes(to)) throw problem.conflict(`The list is ${from}; it cannot become ${to}. Read it again.`, { state: from });
}

/**
 * The steps of signatures that a list of this total needs, in order: the rules of the highest band that it reaches.
 * @param rules a programme's; one of them starts at zero
 */
export function stepsFor(rules: readonly ApprovalRule[], total: Money): ApprovalRule[] {
  const from = (rule: ApprovalRule) => Money.of(rule.fromAmount, total.currency);
  const reached = rules.filter((rule) => from(rule).compare(total) <= 0);
  const [highest] = [...reached].sort((a, b) => from(b).compare(from(a)));
  return highest ? reached.filter((rule) => from(rule).equals(from(highest))).sort((a, b) => a.step - b.step) : [];
}

/** The first step that still wants a signature; undefined when all are given. @param given how many signatures each step has */
export const openStep = (steps: readonly ApprovalRule[], given: ReadonlyMap<number, number>): ApprovalRule | undefined =>
  steps.find(({ step, signatures }) => (given.get(step) ?? 0) < signatures);

/** From this age on somebody collects for themselves. */
export const ADULT_AGE = 18;

/** Completed years on a day; both are ISO dates. Somebody born on 29 February grows older on 1 March of common years. */
export function ageOn(bornOn: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return day.slice(5) < bornOn.slice(5) ? years - 1 : years;
}

/** The band that an age is reported in. */
export function ageBand(age: number): AgeBand {
  if (age <= 5) return '0-5';
  if (age <= 11) return '6-11';
  if (age < ADULT_AGE) return '12-17';
  return age < 60 ? '18-59' : '60+';
}
