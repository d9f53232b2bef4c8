import type { Text } from '../platform/index.ts';

/** A post office where cash is handed over. */
export interface Office {
  readonly id: string;
  /** The postal code. */
  readonly code: string;
  readonly wilayaNumber: string;
  readonly commune: string;
  readonly nameFr: string;
  readonly nameAr: string;
  readonly isOpen: boolean;
  readonly hasCash: boolean;
  /** IANA name of the clock that its hours and days are by. */
  readonly timeZone: string;
  /** Whether an agent pays out of an open till, and not otherwise. */
  readonly requiresTill: boolean;
}

/** From when to when an office is open on a day of the week: 1 is Monday, times are `HH:MM`. */
export interface OpenHours {
  readonly weekday: number;
  readonly opens: string;
  readonly closes: string;
}

/** A day on which it is otherwise; closed, where no hours are given. */
export interface SpecialDay {
  /** ISO 8601 */
  readonly day: string;
  readonly opens: string | null;
  readonly closes: string | null;
  readonly note: string;
}

/** When an office is open. Without any weekly hours they are not known, and it is held to be open. */
export interface OfficeHours {
  readonly officeId: string;
  readonly timeZone: string;
  readonly weekly: OpenHours[];
  readonly specialDays: SpecialDay[];
  readonly isOpenNow: boolean;
  /** When it opens next, where it is closed and that is known. */
  readonly opensAt: string | null;
}

/** The most that an office pays in a currency, in a day and at once; null: no bound. */
export interface OfficeLimit {
  readonly currency: string;
  readonly perDay: string | null;
  readonly perPayout: string | null;
}

export interface Wilaya {
  readonly number: string;
  readonly iso31662: string;
  /** OCHA's code; of the parent for the wilayas made in 2019. */
  readonly pcode: string | null;
  readonly nameFr: string;
  readonly nameAr: string;
}

/** A row of a file that was not taken, and why. */
export interface RefusedRow {
  readonly row: number;
  readonly cell: string;
  readonly detail: Text;
}
