import type { Text } from '../platform/index.ts';
import type { Period } from './period-types.ts';
import { say } from './words.ts';

const MOST_DAYS = 366;
const DAY_MS = 86_400_000;

/** The day after, in ISO 8601. */
export const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

/** The last day of a day's calendar month. */
export function endOfMonth(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

const startOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

/** The days of the period that is closed next. */
export interface NextDays {
  readonly number: number;
  readonly startsOn: string;
  readonly endsOn: string;
}

/**
 * The period after the last one, or the first: it begins with the month of the first entry and, unless told otherwise, ends with its
 * calendar month.
 * @param endsOn another last day, or undefined
 * @returns undefined when nothing was ever posted; the fault when the last day is no day of a period that begins there
 */
export function nextDays(
  last: Pick<Period, 'number' | 'endsOn'> | undefined,
  firstEntryOn: string | null,
  endsOn: string | undefined,
): NextDays | { readonly fault: Text } | undefined {
  if (!last && firstEntryOn === null) return undefined;
  const startsOn = last ? dayAfter(last.endsOn) : startOfMonth(firstEntryOn ?? '');
  const end = endsOn ?? endOfMonth(startsOn);
  if (end < startsOn) return { fault: say('period_begins', { startsOn }) };
  if ((Date.parse(end) - Date.parse(startsOn)) / DAY_MS >= MOST_DAYS) return { fault: say('period_too_long', { days: MOST_DAYS }) };
  return { number: (last?.number ?? 0) + 1, startsOn, endsOn: end };
}
