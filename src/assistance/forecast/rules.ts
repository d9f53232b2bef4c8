import { Money } from '../../platform/index.ts';
import type { Schedule } from '../schedule/calendar.ts';
import type { Day } from '../schedule/days.ts';
import { owingOf } from '../schedule/owing.ts';

/** People who are owed the same, as they stand now. */
export interface Alike {
  readonly startsOn: Day;
  readonly endsOn: Day;
  /** For a whole period. */
  readonly rate: Money;
  readonly people: number;
}

/**
 * What will fall due after a day, month by month, if nobody's record changes.
 * @returns amounts by `YYYY-MM`, in order
 */
export function expectedByMonth(schedule: Schedule, alike: readonly Alike[], today: Day, currency: string): Map<string, Money> {
  const months = new Map<string, Money>();
  for (const { rate, people, ...days } of alike) {
    for (const { dueOn, amount } of owingOf(
      schedule,
      currency,
      { ...days, changes: [] },
      () => ({ reason: null, rate }),
      schedule.endsOn,
    )) {
      if (dueOn <= today || amount.isZero) continue;
      const month = dueOn.slice(0, 7);
      months.set(month, (months.get(month) ?? Money.zero(currency)).plus(amount.times(people)));
    }
  }
  return new Map([...months].sort(([one], [other]) => (one < other ? -1 : 1)));
}
