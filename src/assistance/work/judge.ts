import { periodOf } from './rules.ts';
import type { Cell, FaultCode, ReadDay, RowFault, WorkedDay, WorkStanding, WorkTerms } from './types.ts';

/** What is known when the rows of a sheet are looked at. */
export interface Known {
  readonly terms: WorkTerms;
  readonly capacity: number;
  /** ISO 8601 in the programme's time zone. */
  readonly today: string;
  /** The last day that is taken: the plan's, or the programme's when that ends before it. */
  readonly lastDay: string;
  /** Half days of a period that one payment may pay for. */
  readonly mostHalfDays: number;
  /** Whom the programme knows, by registration number and day as {@link dayKey}. */
  readonly standings: ReadonlyMap<string, WorkStanding>;
  /** Days that somebody has worked by another sheet, as {@link dayKey}. */
  readonly worked: ReadonlySet<string>;
  /** People at the site by day. */
  readonly atSite: ReadonlyMap<string, number>;
  /** Half days that somebody has worked in a period, as {@link dayKey} of its first day. */
  readonly halfDays: ReadonlyMap<string, number>;
}

export const dayKey = (beneficiaryId: string, day: string): string => `${beneficiaryId}/${day}`;

/** Rows that are taken, and faults of the others. */
export interface Judged {
  readonly days: WorkedDay[];
  readonly faults: RowFault[];
}

/**
 * Which rows of a sheet are taken. They are looked at one after the other, so that when a site is full or somebody's days are used up, it is
 * the later rows that are not taken.
 */
export function judge(rows: readonly ReadDay[], known: Known): Judged {
  const { terms, capacity, today, lastDay, mostHalfDays, standings, worked, atSite, halfDays } = known;
  const judged: Judged = { days: [], faults: [] };
  const here = new Set<string>();
  const crowd = new Map(atSite);
  const used = new Map(halfDays);
  for (const { row, registrationNumber, day, halfDays: half } of rows) {
    const fault = (cell: Cell, code: FaultCode) => judged.faults.push({ row, cell, code });
    const person = standings.get(dayKey(registrationNumber, day));
    if (!person) fault('registrationNumber', 'person_unknown');
    else if (person.reason) fault('registrationNumber', person.reason);
    if (day < terms.startsOn || day > lastDay) fault('day', 'day_outside_plan');
    else if (day > today) fault('day', 'day_in_future');
    else if (person?.reason === null) {
      const { beneficiaryId } = person;
      const { from: periodFrom, to: periodTo } = periodOf(terms, day);
      const key = dayKey(beneficiaryId, day);
      const period = dayKey(beneficiaryId, periodFrom);
      const total = (used.get(period) ?? 0) + half;
      const people = (crowd.get(day) ?? 0) + 1;
      if (here.has(key)) fault('day', 'repeated');
      else if (worked.has(key)) fault('day', 'worked_elsewhere');
      else if (people > capacity) fault('day', 'site_full');
      else if (total > 2 * terms.daysPerPeriod) fault('day', 'days_used_up');
      else if (total > mostHalfDays) fault('day', 'above_most');
      else {
        here.add(key);
        crowd.set(day, people);
        used.set(period, total);
        judged.days.push({ row, beneficiaryId, day, halfDays: half, periodFrom, periodTo });
      }
    }
  }
  return judged;
}
