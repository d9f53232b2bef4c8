import { type Measures, shownBesideSum } from '../reporting/index.ts';
import { LEAST } from './suppression.ts';
import type { GroupSize, Sizes, Stratum } from './types.ts';

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** How many people of a group a round is about. */
export const peopleIn = ({ parts }: GroupSize, round: string): number =>
  sum(parts.filter(({ rounds }) => rounds.includes(round)).map(({ people }) => people));

/** Everything that is counted in groups: the people of the last of some rounds, and those whom they share, or do not. */
function measuresUpTo(groups: readonly GroupSize[], rounds: readonly string[]): Measures[] {
  const shared = groups.map(({ parts }) =>
    parts.map((part) => ({ people: part.people, mark: part.rounds.filter((round) => rounds.includes(round)).join() })),
  );
  const marks = [...new Set(shared.flatMap((parts) => parts.map(({ mark }) => mark)))].filter((mark) => mark !== '');
  return groups.map((group, i) => [
    peopleIn(group, rounds.at(-1) ?? ''),
    ...marks.map((mark) => sum((shared[i] ?? []).filter((part) => part.mark === mark).map(({ people }) => people))),
  ]);
}

/**
 * Which groups of one kind a round tells of: those that, beside their sum and beside all that earlier rounds of the same days have told, give back
 * no handful of people. What an earlier one left out stays out, for its neighbours were told with it.
 */
export function toldBy({ rounds, groups }: Sizes, by: string): Set<string> {
  const of = groups.filter((group) => group.by === by);
  let hidden = new Set<string>();
  for (const [i] of rounds.entries()) {
    const shown = shownBesideSum(measuresUpTo(of, rounds.slice(0, i + 1)), (g) => hidden.has(of[g]?.value ?? ''));
    hidden = new Set(of.filter((_, g) => !shown[g]).map(({ value }) => value));
  }
  return new Set(of.map(({ value }) => value).filter((value) => !hidden.has(value)));
}

/** Whether the counts of a round as a whole give back no handful of people. */
export const mayTellTotals = (sizes: Sizes): boolean => toldBy(sizes, 'all').size > 0;

const isTellable = (count: number): boolean => count === 0 || count >= LEAST;

/** Wilayas whose sexes are drawn apart: each is of none or enough. They are told of by wilaya all the same. */
function wilayasThatSplit({ rounds, groups }: Sizes, shown: ReadonlySet<string>): Set<string> {
  const cells = groups.filter(({ by }) => by === 'cell');
  const measures = measuresUpTo(cells, rounds);
  const few = cells.filter((_, i) => !measures[i]?.every(isTellable)).map(({ value }) => value.split('/')[0]);
  return new Set([...shown].filter((wilaya) => !few.includes(wilaya)));
}

/**
 * In which stratum the people of each `wilaya/sex` are drawn. How many are asked in a stratum tells how many it has, so only groups that may be told
 * of are strata, and what remains is drawn together. In a wilaya that may be told of the sexes are drawn apart where neither is small.
 */
export function strataFor(sizes: Sizes, stratifyBy: readonly string[]): Map<string, string> {
  const byWilaya = stratifyBy.includes('wilaya');
  const shown = stratifyBy.length > 0 ? toldBy(sizes, byWilaya ? 'wilaya' : 'sex') : new Set<string>();
  const split = byWilaya && stratifyBy.includes('sex') ? wilayasThatSplit(sizes, shown) : new Set<string>();
  const round = sizes.rounds.at(-1) ?? '';
  const cells = sizes.groups.filter((group) => group.by === 'cell' && peopleIn(group, round) > 0).map(({ value }) => value);
  const isAnyTold = cells.some((cell) => shown.has(cell.split('/')[byWilaya ? 0 : 1] ?? ''));
  return new Map(
    cells.map((cell) => {
      const [wilaya = '', sex = ''] = cell.split('/');
      const group = byWilaya ? wilaya : sex;
      if (!isAnyTold) return [cell, 'all'];
      if (!shown.has(group)) return [cell, 'rest'];
      return [cell, split.has(wilaya) ? cell : group];
    }),
  );
}

/** How many people there are in each stratum. */
export function sizesOfStrata({ rounds, groups }: Sizes, stratumOf: ReadonlyMap<string, string>): Omit<Stratum, 'sample'>[] {
  const sizes = new Map<string, number>();
  for (const group of groups) {
    const stratum = group.by === 'cell' ? stratumOf.get(group.value) : undefined;
    if (stratum !== undefined) sizes.set(stratum, (sizes.get(stratum) ?? 0) + peopleIn(group, rounds.at(-1) ?? ''));
  }
  return [...sizes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([stratum, population]) => ({ stratum, population }));
}

/** The stratum by which a round tells of one: where wilayas are told of by sex as well, what all wilayas have of a sex gives back the small ones. */
export const toldAs = (stratum: string): string => stratum.split('/')[0] ?? stratum;
