import type { AgeBand, AssistanceKind, Figure, Sex } from '../types.ts';

export type PageLanguage = 'ar' | 'fr' | 'en';

/** What the page of a report says. */
export interface PageWords {
  readonly title: string;
  readonly report: string;
  readonly agreement: string;
  readonly until: string;
  readonly since: string;
  readonly published: string;
  readonly draft: string;
  readonly peopleReached: string;
  readonly householdsReached: string;
  readonly newPeople: string;
  readonly paidInPeriod: string;
  readonly cashPaid: string;
  readonly payouts: string;
  readonly money: string;
  readonly figures: Readonly<Record<Figure, string>>;
  readonly available: string;
  readonly notReleased: string;
  readonly sinceStart: string;
  readonly inPeriod: string;
  readonly booked: string;
  readonly sexAndAge: string;
  readonly sexes: Readonly<Record<Sex, string>>;
  readonly bands: Readonly<Record<AgeBand, string>>;
  readonly all: string;
  readonly disability: string;
  readonly yes: string;
  readonly no: string;
  readonly wilayas: string;
  readonly people: string;
  readonly kinds: string;
  readonly kindNames: Readonly<Record<AssistanceKind, string>>;
  readonly quality: string;
  readonly median: string;
  readonly p90: string;
  readonly days: string;
  readonly feesToPaid: string;
  readonly paidToTotal: string;
  readonly nothing: string;
  /** How people are counted, and what a dash and "at least" stand for. */
  readonly notes: readonly string[];
}
