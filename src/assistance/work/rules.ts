import { Money, type ProblemPlace, problem, type Text } from '../../platform/index.ts';
import type { Programme } from '../../programmes/index.ts';
import { type Bounds, boundsOf, brokenBound, isAmount } from '../amounts.ts';
import { addDays, daysIn, earlier, endOfMonth, later } from '../schedule/days.ts';
import { say } from '../words.ts';
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

/** Half days of a period that one person can be paid for: as many as the plan pays, and no more than one payment may come to. */
export function mostHalfDays({ dayRate, daysPerPeriod }: Pick<WorkTerms, 'dayRate' | 'daysPerPeriod'>, bounds: Bounds): number {
  const rate = Money.of(dayRate, bounds.currency);
  let halfDays = 2 * daysPerPeriod;
  while (halfDays > 0 && brokenBound(bounds, earned(rate, halfDays)) === 'above_most') halfDays -= 1;
  return halfDays;
}

/** What is wrong with work that fits the contract. */
export function faultsOfWork(
  { dayRate, startsOn, endsOn, periodDays, daysPerPeriod }: WorkTerms,
  programme: Pick<Programme, 'currency' | 'startsOn' | 'endsOn' | 'kinds'>,
): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  if (!isAmount(dayRate, programme.currency))
    faults.push({ pointer: '/work/dayRate', detail: say('amount_unfit_for_currency', { currency: programme.currency }) });
  else {
    const bounds = boundsOf(programme, 'cash_for_work');
    const rate = Money.of(dayRate, programme.currency);
    if (mostHalfDays({ dayRate, daysPerPeriod }, bounds) === 0)
      faults.push({ pointer: '/work/dayRate', detail: say('half_day_above_most', { most: `${bounds.most}` }) });
    if (brokenBound(bounds, earned(rate, 2 * daysPerPeriod)) === 'below_least')
      faults.push({
        pointer: '/work/daysPerPeriod',
        detail: say('period_below_least', { least: `${bounds.least}` }),
      });
  }
  if (startsOn < programme.startsOn || startsOn > programme.endsOn)
    faults.push({ pointer: '/work/startsOn', detail: say('programme_runs', programme) });
  if (endsOn < startsOn || endsOn > programme.endsOn) faults.push({ pointer: '/work/endsOn', detail: say('not_before_start', programme) });
  if (daysPerPeriod > (periodDays ?? 31)) faults.push({ pointer: '/work/daysPerPeriod', detail: say('days_beyond_period') });
  return faults;
}

/** What can be done with a sheet, and in which states. */
const steps: Readonly<Record<'sign' | 'reject' | 'replace', readonly SheetState[]>> = {
  sign: ['entered'],
  reject: ['entered'],
  replace: ['entered', 'signed'],
};

const said: Readonly<Record<SheetState, Text>> = {
  entered: say('sheet_waits'),
  signed: say('sheet_signed'),
  rejected: say('sheet_rejected'),
  replaced: say('sheet_replaced'),
};

/** @throws conflict when a sheet in this state does not take the step */
export function requireStep(state: SheetState, step: keyof typeof steps): void {
  if (!steps[step].includes(state)) throw problem.conflict(said[state], { state });
}
