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

const formats = new Map<string, Intl.DateTimeFormat>();

// Making a format takes longer than everything it is then used for.
function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(name) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(name, known);
  return known;
}

/**
 * The calendar date at an instant in a time zone.
 * @param timeZone IANA name, for instance `Africa/Algiers`
 * @returns ISO 8601 date, `YYYY-MM-DD`
 */
export const dateIn = (timeZone: string, instant: Date): string => formatOf('en-CA', { timeZone, dateStyle: 'short' }).format(instant);

const locales = { ar: 'ar-DZ', fr: 'fr-FR', en: 'en-GB' } as const;

/** An instant in a time zone as people say it: `22 November 2026 at 04:30`. @param timeZone IANA name */
export const dateTimeIn = (timeZone: string, instant: Date, language: keyof typeof locales = 'en'): string =>
  formatOf(locales[language], { timeZone, dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' }).format(instant);
