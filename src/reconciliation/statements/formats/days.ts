const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const two = (part: number): string => String(part).padStart(2, '0');

/** @returns the day as ISO 8601 writes it, or undefined where the calendar has none */
export function dayOf(year: number, month: number, day: number): string | undefined {
  if (!(year >= 1900 && year <= 2999)) return undefined;
  const length = month === 2 && isLeap(year) ? 29 : lengths[month - 1];
  if (length === undefined || !(day >= 1 && day <= length)) return undefined;
  return `${year}-${two(month)}-${two(day)}`;
}

/** A day, or the day of a moment as its writer's clock showed it (`2026-03-10T13:15:00+01:00`). */
export function isoDay(text: string): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:[T Z+-].*)?$/.exec(text);
  return parts ? dayOf(Number(parts[1]), Number(parts[2]), Number(parts[3])) : undefined;
}

/** A year of two digits (ISO 8601 does without them; SWIFT's messages do not): 80 to 99 are of the last century. */
export const fullYear = (year: number): number => year + (year >= 80 ? 1900 : 2000);

/** The day `month`/`day` that is closest to another: how an entry date without a year is read over New Year. */
export function closestTo(iso: string, month: number, day: number): string | undefined {
  const year = Number(iso.slice(0, 4));
  const distance = (other: string): number => Math.abs(Date.parse(other) - Date.parse(iso));
  return [year - 1, year, year + 1].flatMap((candidate) => dayOf(candidate, month, day) ?? []).sort((a, b) => distance(a) - distance(b))[0];
}
