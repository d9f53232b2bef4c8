/** Where every part of Sanad reads the time, so that a test or a demonstration can set it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that runs with the system's, shifted by as many milliseconds as it was told to skip. */
export class ShiftedClock implements Clock {
  #shift = 0;

  now(): Date {
    return new Date(Date.now() + this.#shift);
  }

  /** Moves this clock forward. @param milliseconds how far; never negative */
  skip(milliseconds: number): void {
    this.#shift += milliseconds;
  }
}

/**
 * The calendar date at an instant in a time zone.
 * @param timeZone IANA name, for instance `Africa/Algiers`
 * @returns ISO 8601 date, `YYYY-MM-DD`
 */
export function dateIn(timeZone: string, instant: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(instant);
}
