import { ageBands, ageGroups, groupOf, kinds, sexes } from '../types.ts';
import { type Alike, type Cell, cellOf, countIn, type Transfers } from './cube.ts';
import { isTellable, shownBesideSum, THRESHOLD } from './pool.ts';

const none: Transfers = { count: 0, amount: '0' };

/**
 * People, pay-outs and amounts by something that everybody has one of. Where people are hidden the money is: divided by a grant it counts
 * them. So it is where pay-outs outnumber the people who were told of by a handful: those are people who wait. And so it is where a handful of those
 * who were paid is in the tables of another fund: what is paid beside the people here tells how many they are.
 * @param waited how many of the people pay-outs told of before: the others came since
 */
function withTransfers(
  breakdown: 'wilaya' | 'kind',
  names: readonly string[],
  people: readonly number[],
  paid: ReadonlyMap<string, Transfers>,
  beyond: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, readonly [number, number]>,
  waited: ReadonlyMap<string, number> = new Map(),
  kept: ReadonlySet<string> = new Set(),
): Cell[] {
  const transfers = names.map((name) => paid.get(name) ?? none);
  const shown = shownBesideSum(
    names.map((name, i) => {
      const came = (people[i] ?? 0) === 0 ? 0 : (people[i] ?? 0) - (waited.get(name) ?? 0);
      return [people[i] ?? 0, transfers[i]?.count ?? 0, beyond.get(name) ?? 0, ...(others.get(name) ?? [0, 0]), came];
    }),
    (i) => kept.has(names[i] ?? ''),
  );
  return names.map((name, i) => ({
    ...cellOf(breakdown, name, people[i] ?? 0, shown[i] === true),
    transfers: transfers[i]?.count ?? 0,
    amount: transfers[i]?.amount ?? '0',
  }));
}

/** By the kind of assistance that reached people first. */
export const byKind = (
  cube: readonly Alike[],
  paid: ReadonlyMap<string, Transfers>,
  beyond: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, readonly [number, number]>,
): Cell[] =>
  withTransfers(
    'kind',
    kinds,
    kinds.map((kind) => countIn(cube, (a) => a.kind === kind)),
    paid,
    beyond,
    others,
  );

const groups = sexes.flatMap((sex) => ageGroups.map((group) => ({ sex, group, name: `${sex}/${group}` })));

/**
 * By wilaya, and within those that may show it by sex and age.
 * @param wilayas every one that there is, by number
 * @param told the cells by sex and age of the same people: their sums are known
 */
export function byWilaya(
  cube: readonly Alike[],
  wilayas: readonly string[],
  paid: ReadonlyMap<string, Transfers>,
  beyond: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, readonly [number, number]>,
  waited: ReadonlyMap<string, number>,
  kept: ReadonlySet<string>,
  told: readonly Cell[],
): Cell[] {
  const places = withTransfers(
    'wilaya',
    wilayas,
    wilayas.map((wilaya) => countIn(cube, (a) => a.wilaya === wilaya)),
    paid,
    beyond,
    others,
    waited,
    kept,
  );
  const known = groupsTold(told);
  const rows = places.flatMap(({ cell, people, isShown }) => (people === 0 ? [] : [rowOf(cube, cell, people, isShown, known)]));
  const split = rowsThatSplit(rows);
  return [
    ...places,
    ...rows.flatMap((row) =>
      groups.map((group, g) =>
        cellOf('wilaya_group', `${row.wilaya}/${group.name}`, row.counts[g] ?? 0, split.has(row) && known.includes(group)),
      ),
    ),
  ];
}

type Group = (typeof groups)[number];

/** One wilaya: a row of its groups. */
interface Row {
  readonly wilaya: string;
  readonly people: number;
  readonly isShown: boolean;
  readonly counts: readonly number[];
  /** What it would show: the groups that are told of everybody, and the rest together. */
  readonly columns: readonly number[];
}

function rowOf(cube: readonly Alike[], wilaya: string, people: number, isShown: boolean, known: readonly Group[]): Row {
  const counts = groups.map(({ sex, group }) => countIn(cube, (a) => a.wilaya === wilaya && a.sex === sex && groupOf(a.ageBand) === group));
  const columns = counts.filter((_, g) => known.includes(groups[g] as Group));
  return { wilaya, people, isShown, counts, columns: [...columns, people - columns.reduce((sum, count) => sum + count, 0)] };
}

/** Groups of which every age is told of everybody. No wilaya tells of another: added up over wilayas it would say what is hidden there. */
const groupsTold = (told: readonly Cell[]): readonly Group[] =>
  groups.filter(({ sex, group }) =>
    ageBands
      .filter((band) => groupOf(band) === group)
      .every((band) => told.some(({ breakdown, cell, isShown }) => breakdown === 'sex_age' && cell === `${sex}/${band}` && isShown)),
  );

/**
 * Wilayas whose people may be shown by group, all of a wilaya's or none: beside them of every group none is left, or enough. A wilaya of
 * exactly ten never does: that it does not would tell that its groups are between one and nine.
 */
function rowsThatSplit(rows: readonly Row[]): Set<Row> {
  const shown = new Set(rows.filter((row) => row.isShown && row.people !== THRESHOLD && row.columns.every(isTellable)));
  const sums = (rows[0]?.columns ?? []).map((_, c) => rows.reduce((sum, row) => sum + (row.columns[c] ?? 0), 0));
  for (;;) {
    const column = sums.findIndex((sum, c) => {
      const left = sum - [...shown].reduce((told, row) => told + (row.columns[c] ?? 0), 0);
      return left !== 0 && left < THRESHOLD - 1 + (rows.length - shown.size);
    });
    const of = (row: Row): number => row.columns[column] ?? 0;
    const smallest = column >= 0 && [...shown].filter((row) => of(row) > 0).sort((a, b) => of(a) - of(b))[0];
    if (!smallest) return shown;
    shown.delete(smallest);
  }
}
