const DAY_MS = 86_400_000;

/** Days are ISO 8601 dates as text: they compare in the order in which they come. None of this knows a time zone. */
export type Day = string;

const utc = (day: Day): number => Date.parse(`${day}T00:00:00Z`);

/** The day so many days later, or earlier. */
export const addDays = (day: Day, count: number): Day => new Date(utc(day) + count * DAY_MS).toISOString().slice(0, 10);

/** How many days there are from one to another, both counted. */
export const daysIn = (from: Day, to: Day): number => Math.round((utc(to) - utc(from)) / DAY_MS) + 1;

/** The last day of a day's month. */
export const endOfMonth = (day: Day): Day =>
  new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).toISOString().slice(0, 10);

export const earlier = (one: Day, other: Day): Day => (one < other ? one : other);
export const later = (one: Day, other: Day): Day => (one > other ? one : other);
