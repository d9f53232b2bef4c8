/** Pairs that nobody has decided on yet. */
export interface DuplicatesRow {
  readonly state: 'open' | 'needs_information';
  /** Of the probability that the two are one person. */
  readonly scoreBand: 'below 0.5' | '0.5-0.7' | '0.7-0.8' | '0.8-0.9' | '0.9-1';
  /** Days since it was found. */
  readonly ageBand: '0-1' | '2-7' | '8-30' | '31+';
  readonly pairs: number;
  /** Different people who are kept off lists by a pair of this row. */
  readonly peopleHeld: number;
}
export const duplicatesColumns = ['state', 'scoreBand', 'ageBand', 'pairs', 'peopleHeld'] as const;

/** What was decided in a day. */
export interface DecisionsRow {
  readonly day: string;
  readonly samePerson: number;
  readonly differentPeople: number;
  readonly needsInformation: number;
}
export const decisionsColumns = ['day', 'samePerson', 'differentPeople', 'needsInformation'] as const;
