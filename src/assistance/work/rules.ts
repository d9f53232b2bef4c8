import { type Money, type ProblemPlace, problem } from '../../platform/index.ts';
import type { Programme } from '../../programmes/index.ts';
import { isAmount } from '../amounts.ts';
import { addDays, daysIn, earlier, endOfMonth, later } from '../schedule/days.ts';
import type { SheetState, WorkTerms } from './types.ts';

/** The first day and the last of a period. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/**
 * The period of a plan that a day lies in: a calendar month, or so many days counted from the start; both end where the plan does. The
 * database works out the same (work_period).
 * @param day ISO 8601, of the plan
 */
export function periodOf({ startsOn, endsOn, periodDays }: Pick<WorkTerms, 'startsOn' | 'endsOn' | 'periodDays'>, day: string): Period {
  if (periodDays === undefined) return { from: later(`${day.slice(0, 7)}-01`, startsOn), to: earlier(endOfMonth(day), endsOn) };
  const before = daysIn(startsOn, day) - 1;
  const from = addDays(startsOn, before - (before % periodDays));
  return { from, to: earlier(addDays(from, periodDays - 1), endsOn) };
}

/** What half days come to: each half of the day rate, and the sum rounded half-even to the minor unit. */
export const earned = (dayRate: Money, halfDays: number): Money => dayRate.times(halfDays).portion(1, 2);

/** What is wrong with work that fits the contract. */
export function faultsOfWork(
  { dayRate, startsOn, endsOn, periodDays, daysPerPeriod }: WorkTerms,
  programme: Pick<Programme, 'currency' | 'startsOn' | 'endsOn'>,
): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  const runs = `The programme runs from ${programme.startsOn} to ${programme.endsOn}.`;
  if (!isAmount(dayRate, programme.currency))
    faults.push({ pointer: '/work/dayRate', detail: `An amount is above zero and fits ${programme.currency}.` });
  if (startsOn < programme.startsOn || startsOn > programme.endsOn) faults.push({ pointer: '/work/startsOn', detail: runs });
  if (endsOn < startsOn || endsOn > programme.endsOn) faults.push({ pointer: '/work/endsOn', detail: `Not before it starts. ${runs}` });
  if (daysPerPeriod > (periodDays ?? 31)) faults.push({ pointer: '/work/daysPerPeriod', detail: 'A period has no more days than that.' });
  return faults;
}

/** What can be done with a sheet, and in which states. */
const steps: Readonly<Record<'sign' | 'reject' | 'replace', readonly SheetState[]>> = {
  sign: ['entered'],
  reject: ['entered'],
  replace: ['entered', 'signed'],
};

const said: Readonly<Record<SheetState, string>> = {
  entered: 'The sheet waits for a second person to sign it.',
  signed: 'The sheet was signed. Correct it by a new sheet that replaces it.',
  rejected: 'The sheet was rejected. Enter a new one.',
  replaced: 'The sheet was replaced by a later one. Go on with that.',
};

/** @throws conflict when a sheet in this state does not take the step */
export function requireStep(state: SheetState, step: keyof typeof steps): void {
  if (!steps[step].includes(state)) throw problem.conflict(said[state], { state });
}
