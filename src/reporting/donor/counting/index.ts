import type { Alike, Cell, Transfers } from './cube.ts';
import { demography } from './demography.ts';
import { byKind, byWilaya } from './places.ts';

export type { Alike, BreakdownName, Cell, Transfers } from './cube.ts';
export { countIn } from './cube.ts';
export { isTellable, type Measures, shownBesideSum, THRESHOLD } from './pool.ts';
export { leastToCount, peopleBeyond } from './waiting.ts';

/** What is broken down together: people who were counted for the first time, and every pay-out since the last such table. */
export interface Counted {
  readonly cube: readonly Alike[];
  readonly wilayas: readonly string[];
  readonly paidIn: ReadonlyMap<string, Transfers>;
  readonly paidAs: ReadonlyMap<string, Transfers>;
  /** How many people pay-outs tell of in a place and by a kind, beside those who were told of until now. */
  readonly beyondIn: ReadonlyMap<string, number>;
  /** How many people pay-outs said there were in a place when reports left them to wait. */
  readonly waitedIn: ReadonlyMap<string, number>;
  /** Places that a report has hidden before: their pay-outs would tell how many people were hidden in each. */
  readonly keptIn: ReadonlySet<string>;
  readonly beyondAs: ReadonlyMap<string, number>;
  /** How many of those who were paid in a place, or with a kind, are told of by another fund: in all, and since the last such table. */
  readonly othersIn: ReadonlyMap<string, readonly [number, number]>;
  readonly othersAs: ReadonlyMap<string, readonly [number, number]>;
}

/**
 * Every table of some people, and what may be shown of each. Nobody is in the tables of two reports, so what reports show adds up and
 * nothing is learnt by taking one from another.
 */
export function tablesOf({ cube, wilayas, paidIn, paidAs, beyondIn, beyondAs, othersIn, othersAs, waitedIn, keptIn }: Counted): Cell[] {
  const told = demography(cube);
  return [
    ...told,
    ...byWilaya(cube, wilayas, paidIn, beyondIn, othersIn, waitedIn, keptIn, told),
    ...byKind(cube, paidAs, beyondAs, othersAs),
  ];
}
