import { faultsOfPayments } from '../amounts.ts';
import type { Kind } from '../kind.ts';
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
    const say = (pointer: string, detail: string) => faults.push({ pointer, detail });
    if ((every === 'days') !== (everyDays !== undefined)) {
      say('/everyDays', every === 'days' ? 'Say how many days a period has.' : 'Only periods of days have a number of days.');
    }
    if ((endsOn === undefined) === (count === undefined)) say('/endsOn', 'Say the last day or how many periods, one of the two.');
    if (faults.length > 0) return faults;
    const end = endOf(plan);
    if (startsOn < programme.startsOn || startsOn > programme.endsOn) {
      say('/startsOn', `The programme runs from ${programme.startsOn} to ${programme.endsOn}.`);
    } else if (end < startsOn) {
      say('/endsOn', 'A stipend ends on or after the day on which it starts.');
    } else if (end > programme.endsOn) {
      say(endsOn === undefined ? '/count' : '/endsOn', `The stipend would end on ${end}, after the programme does on ${programme.endsOn}.`);
    } else if (periodsOf({ startsOn, endsOn: end, every, everyDays, dueAt }).length > MOST_PERIODS) {
      say('/endsOn', `A stipend has at most ${MOST_PERIODS} periods.`);
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
