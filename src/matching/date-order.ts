import { westernDigits } from '../platform/index.ts';

/** Whether dates in numbers put the day or the month first. */
export type DateOrder = 'day_first' | 'month_first';

/** How many dates of a column show that the day comes first, that the month does, and how many may be read either way. */
export interface DateCounts {
  readonly dayFirst: number;
  readonly monthFirst: number;
  readonly either: number;
}

/** An order, and whether the column shows it, holds both, or shows neither so that it is assumed. */
export interface LearntOrder {
  readonly order: DateOrder;
  readonly known: 'shown' | 'mixed' | 'assumed';
}

const inNumbers = /^\s*(\d{1,2}) ?[/.\- ] ?(\d{1,2}) ?[/.\- ] ?(?:\d{4}|\d\d)\s*(?:$|[T ]\d{1,2}:\d\d)/;
/** No date in numbers is shorter or longer, so that most cells are passed over at a glance. */
const [SHORTEST, LONGEST] = [6, 40];
/** The other order is a mistake in typing when it is so much rarer. */
const RARER = 9;

/** Learns from the dates of a column whether the day or the month comes first. */
export class DateOrderCount {
  readonly #counts = { dayFirst: 0, monthFirst: 0, either: 0 };

  add(cell: string): void {
    if (cell.length < SHORTEST || cell.length > LONGEST || !/^\s*\p{Nd}/u.test(cell)) return;
    const [, first, second] = inNumbers.exec(westernDigits(cell)) ?? [];
    const [one, other] = [Number(first), Number(second)];
    // What is the same either way shows nothing, and needs no order.
    if (first === undefined || one === other) return;
    const [isDayFirst, isMonthFirst] = [one <= 31 && other <= 12, one <= 12 && other <= 31];
    if (isDayFirst && isMonthFirst) this.#counts.either += 1;
    else if (isDayFirst) this.#counts.dayFirst += 1;
    else if (isMonthFirst) this.#counts.monthFirst += 1;
  }

  get counts(): DateCounts {
    return { ...this.#counts };
  }
}

/** What the dates of a column show: a number over 12 is a day. Where they show nothing, or both, the day comes first unless that is the rare one. */
export function learntOrder({ dayFirst, monthFirst }: DateCounts): LearntOrder {
  const order = monthFirst > 0 && monthFirst >= RARER * dayFirst ? 'month_first' : 'day_first';
  const known = dayFirst > 0 && monthFirst > 0 ? 'mixed' : dayFirst + monthFirst > 0 ? 'shown' : 'assumed';
  return { order, known };
}
