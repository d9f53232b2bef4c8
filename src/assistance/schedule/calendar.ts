import { addDays, type Day, daysIn, earlier, endOfMonth } from './days.ts';

/** When a plan pays: once, every calendar month, or every so many days from its first day on. */
export interface Schedule {
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly every: 'once' | 'month' | 'days';
  /** With `days`: how many. */
  readonly everyDays?: number | undefined;
  /** Whether a period is paid on the first day that it covers or on the last. */
  readonly dueAt: 'start' | 'end';
}

/** A stretch of a plan that is paid together. */
export interface Period {
  /** Counted from one. */
  readonly number: number;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly dueOn: Day;
  /** Days of the whole period, of which this may be a part: of the calendar month, or the plan's number of days. */
  readonly of: number;
}

/** No plan has more periods than this. */
export const MOST_PERIODS = 400;

/** The whole period that a day begins: its last day. */
function wholeFrom(
  { every, everyDays = 1 }: Pick<Schedule, 'every' | 'everyDays'>,
  day: Day,
): { readonly endsOn: Day; readonly of: number } {
  if (every === 'once') return { endsOn: day, of: 1 };
  if (every === 'days') return { endsOn: addDays(day, everyDays - 1), of: everyDays };
  const endsOn = endOfMonth(day);
  return { endsOn, of: Number(endsOn.slice(8)) };
}

/**
 * The periods of a plan in order. The first begins on its first day, the last ends on its last; between them they cover every day once.
 * @returns at most one more than {@link MOST_PERIODS}
 */
export function periodsOf(schedule: Schedule): Period[] {
  const periods: Period[] = [];
  for (let startsOn = schedule.startsOn; startsOn <= schedule.endsOn && periods.length <= MOST_PERIODS; ) {
    const whole = wholeFrom(schedule, startsOn);
    const endsOn = earlier(whole.endsOn, schedule.endsOn);
    periods.push({ number: periods.length + 1, startsOn, endsOn, dueOn: schedule.dueAt === 'start' ? startsOn : endsOn, of: whole.of });
    startsOn = addDays(endsOn, 1);
  }
  return periods;
}

/** The period that a day lies in. */
export const periodOn = (schedule: Schedule, day: Day): Period | undefined =>
  periodsOf(schedule).find(({ startsOn, endsOn }) => startsOn <= day && day <= endsOn);

/** The last day of so many periods from a first day on; the first of them may be a part of a month. */
export function endOfCount(schedule: Omit<Schedule, 'endsOn' | 'dueAt'>, count: number): Day {
  let { startsOn } = schedule;
  let { endsOn } = wholeFrom(schedule, startsOn);
  for (let number = 2; number <= count; number += 1) {
    startsOn = addDays(endsOn, 1);
    endsOn = wholeFrom(schedule, startsOn).endsOn;
  }
  return endsOn;
}

/** How many of `of` days there are between two days, both counted; in units of which a period of any length has a whole number. */
export const unitsIn = (schedule: Pick<Schedule, 'every' | 'everyDays'>, from: Day, to: Day, of: number): number =>
  daysIn(from, to) * (unitsOf(schedule) / of);

/**
 * Into how many equal parts an amount for one period is thought to be cut: so many that any number of days of any period is a whole number of
 * them. A month has 28, 29, 30 or 31 days; 377580 is the least that all of them divide.
 */
export const unitsOf = ({ every, everyDays = 1 }: Pick<Schedule, 'every' | 'everyDays'>): number =>
  every === 'month' ? 377_580 : every === 'days' ? everyDays : 1;
