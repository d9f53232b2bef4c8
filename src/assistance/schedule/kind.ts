import type { Text } from '../../platform/index.ts';
import { faultsOfPayments } from '../amounts.ts';
import type { Kind } from '../kind.ts';
import { say } from '../words.ts';
import { beginScheduled } from './begin.ts';
import { endOfCount, MOST_PERIODS, periodsOf } from './calendar.ts';
import type { NewStipend } from './types.ts';

/** The last day of a stipend, which says it or a number of periods. */
const endOf = (plan: NewStipend): string => plan.endsOn ?? endOfCount(plan, plan.count ?? 1);

/** A sum for every calendar month, or every so many days, between two days. */
export const stipend: Kind<NewStipend> = {
  faultsOf(plan, programme) {
    const faults = faultsOfPayments(plan, programme);
    const { startsOn, endsOn, count, every, everyDays, dueAt = 'start' } = plan;
    const wrong = (pointer: string, detail: Text) => faults.push({ pointer, detail });
    if ((every === 'days') !== (everyDays !== undefined)) {
      wrong('/everyDays', every === 'days' ? say('days_of_period_missing') : say('days_without_period'));
    }
    if ((endsOn === undefined) === (count === undefined)) wrong('/endsOn', say('end_or_count'));
    if (faults.length > 0) return faults;
    const end = endOf(plan);
    if (startsOn < programme.startsOn || startsOn > programme.endsOn) {
      wrong('/startsOn', say('programme_runs', programme));
    } else if (end < startsOn) {
      wrong('/endsOn', say('stipend_ends_early'));
    } else if (end > programme.endsOn) {
      wrong(endsOn === undefined ? '/count' : '/endsOn', say('stipend_beyond_programme', { end, endsOn: programme.endsOn }));
    } else if (periodsOf({ startsOn, endsOn: end, every, everyDays, dueAt }).length > MOST_PERIODS) {
      wrong('/endsOn', say('periods_too_many', { most: MOST_PERIODS }));
    }
    return faults;
  },
  termsOf: (plan) => ({
    amountRule: plan.amountRule,
    startsOn: plan.startsOn,
    endsOn: endOf(plan),
    every: plan.every,
    ...(plan.everyDays ? { everyDays: plan.everyDays } : {}),
    dueAt: plan.dueAt ?? 'start',
    isOpen: plan.isOpen ?? false,
    ...(plan.scorecardId ? { scorecardId: plan.scorecardId } : {}),
  }),
  begin: beginScheduled,
};
