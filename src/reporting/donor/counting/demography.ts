import { ageBands, type Sex, sexes } from '../types.ts';
import { type Alike, type Cell, cellOf, countIn } from './cube.ts';
import { isTellable, shownBesideSum, THRESHOLD } from './pool.ts';

/** One sex and age: a row of two cells, with a disability and without. */
interface Row {
  readonly cell: string;
  readonly people: number;
  readonly withDisability: number;
  /** Whether its sum is shown. */
  readonly isShown: boolean;
}

/**
 * People by sex, by sex and age, by disability and by all three.
 *
 * Sexes add up to everybody, and the ages of a sex that is shown to that sex: each is a row beside its sum. Across them lies disability:
 * what is left of its two sums beside the rows that show it is again none or enough.
 */
export function demography(cube: readonly Alike[]): Cell[] {
  const bySex = sexes.map((sex) => countIn(cube, (a) => a.sex === sex));
  const sexShown = shownBesideSum(bySex.map((people) => [people]));
  const rows = sexes.flatMap((sex, i) => rowsOf(cube, sex, sexShown[i] === true));
  const all = countIn(cube, () => true);
  const withDisability = countIn(cube, (a) => a.hasDisability);
  const sums = [withDisability, all - withDisability];
  const sumsShown = shownBesideSum(sums.map((people) => [people]));
  const split = rowsThatSplit(rows, sumsShown[0] === true ? sums : []);
  return [
    ...sexes.map((sex, i) => cellOf('sex', sex, bySex[i] ?? 0, sexShown[i] === true)),
    ...rows.map(({ cell, people, isShown }) => cellOf('sex_age', cell, people, isShown)),
    ...['with', 'without'].map((name, i) => cellOf('disability', name, sums[i] ?? 0, sumsShown[i] === true)),
    ...rows.flatMap((row) => [
      cellOf('sex_age_disability', `${row.cell}/with`, row.withDisability, split.has(row)),
      cellOf('sex_age_disability', `${row.cell}/without`, row.people - row.withDisability, split.has(row)),
    ]),
  ];
}

function rowsOf(cube: readonly Alike[], sex: Sex, isSexShown: boolean): Row[] {
  const counts = ageBands.map((band) => countIn(cube, (a) => a.sex === sex && a.ageBand === band));
  const isShown = shownBesideSum(counts.map((people) => [people]));
  return ageBands.map((band, i) => ({
    cell: `${sex}/${band}`,
    people: counts[i] ?? 0,
    withDisability: countIn(cube, (a) => a.sex === sex && a.ageBand === band && a.hasDisability),
    isShown: isSexShown && isShown[i] === true,
  }));
}

/**
 * Which rows may show their two cells. A row of exactly ten never does: that it does not would tell that both cells are between one and nine.
 * @param sums of the two columns, where they are known
 */
function rowsThatSplit(rows: readonly Row[], sums: readonly number[]): Set<Row> {
  const columns: readonly ((row: Row) => number)[] = [(row) => row.withDisability, (row) => row.people - row.withDisability];
  const shown = new Set(
    rows.filter((row) => row.isShown && (row.people === 0 || (row.people > THRESHOLD && columns.every((of) => isTellable(of(row)))))),
  );
  for (;;) {
    const column = sums.findIndex((sum, c) => {
      const left = sum - [...shown].reduce((told, row) => told + (columns[c]?.(row) ?? 0), 0);
      return left !== 0 && left < THRESHOLD - 1 + (rows.length - shown.size);
    });
    const of = columns[column];
    const smallest = of && [...shown].filter((row) => of(row) > 0).sort((a, b) => of(a) - of(b))[0];
    if (!smallest) return shown;
    shown.delete(smallest);
  }
}
