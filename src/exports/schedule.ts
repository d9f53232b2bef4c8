import type { Days, ExportSchedule, Period } from './types.ts';

const DAY_MS = 86_400_000;

// Calendar dates are counted in UTC, where every day has 24 hours.
const dateOf = (day: string): Date => new Date(`${day}T00:00:00Z`);
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
const addDays = (day: string, days: number): string => dayOf(new Date(dateOf(day).getTime() + days * DAY_MS));
/** Monday is 1 (ISO 8601). */
const weekdayOf = (day: string): number => dateOf(day).getUTCDay() || 7;

/** A moment as a clock on the wall of the programme shows it. */
export interface LocalTime {
  readonly day: string;
  readonly hour: number;
}

/** The last day, today among them, on which a file came due. */
export function lastDue({ every, hour, weekday = 1, monthDay = 1 }: ExportSchedule, now: LocalTime): string {
  const day = now.hour >= hour ? now.day : addDays(now.day, -1);
  if (every === 'day') return day;
  if (every === 'week') return addDays(day, -((weekdayOf(day) - weekday + 7) % 7));
  const date = dateOf(day);
  const monthsBack = date.getUTCDate() >= monthDay ? 0 : 1;
  return dayOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - monthsBack, monthDay)));
}

/** The days that a file is of which is due on a day: the day before, or the last whole week (from Monday) or month. */
export function daysBefore(period: Period, dueOn: string): Days {
  if (period === 'day') return { from: addDays(dueOn, -1), to: addDays(dueOn, -1) };
  if (period === 'week') {
    const monday = addDays(dueOn, 1 - weekdayOf(dueOn));
    return { from: addDays(monday, -7), to: addDays(monday, -1) };
  }
  const date = dateOf(dueOn);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { from: dayOf(new Date(Date.UTC(year, month - 1, 1))), to: dayOf(new Date(Date.UTC(year, month, 0))) };
}
