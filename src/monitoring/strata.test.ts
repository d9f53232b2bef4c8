import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bounds } from '../../test/support/linear.ts';
import { mayTellTotals, sizesOfStrata, strataFor, toldAs, toldBy } from './strata.ts';
import type { Sizes } from './types.ts';

const wilayas = ['16', '25', '31', '40'];
const sexes = ['female', 'male'];
/** Who is in the first round alone, in the second alone, and in both. */
const shares = [[1], [2], [1, 2]];

interface Crowd {
  readonly wilaya: string;
  readonly sex: string;
  readonly rounds: readonly number[];
  readonly people: number;
}

const count = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 4, arbitrary: fc.integer({ min: 10, max: 60 }) },
);
const cells = wilayas.flatMap((wilaya) => sexes.flatMap((sex) => shares.map((rounds) => ({ wilaya, sex, rounds }))));
const world: fc.Arbitrary<Crowd[]> = fc
  .array(count, { minLength: cells.length, maxLength: cells.length })
  .map((counts) => cells.map((cell, i) => ({ ...cell, people: counts[i] ?? 0 })));

const kinds: Readonly<Record<string, (crowd: Pick<Crowd, 'wilaya' | 'sex'>) => string>> = {
  all: () => 'all',
  sex: ({ sex }) => sex,
  wilaya: ({ wilaya }) => wilaya,
  cell: ({ wilaya, sex }) => `${wilaya}/${sex}`,
};

/** The sizes that a round is drawn by, beside those of the rounds before it. */
function sizesFor(crowds: readonly Crowd[], round: number): Sizes {
  const known = crowds
    .map((crowd) => ({ ...crowd, rounds: crowd.rounds.filter((one) => one <= round).map(String) }))
    .filter(({ rounds, people }) => rounds.length > 0 && people > 0);
  const groups = Object.entries(kinds).flatMap(([by, of]) =>
    [...new Set(known.map(of))].map((value) => ({ by, value, parts: known.filter((crowd) => of(crowd) === value) })),
  );
  return { rounds: ['1', '2'].slice(0, round), groups };
}

type Fact = { readonly of: (crowd: Crowd) => boolean; readonly people: number };

/** Everything that a round tells of its people: its strata, and by wilaya and by sex who was paid. */
function toldOf(crowds: readonly Crowd[], round: number, stratifyBy: readonly string[]): Fact[] {
  const sizes = sizesFor(crowds, round);
  const isIn = ({ rounds }: Crowd) => rounds.includes(round);
  if (!mayTellTotals(sizes)) return [];
  const stratumOf = strataFor(sizes, stratifyBy);
  const together = new Map([...stratumOf].map(([cell, stratum]) => [cell, toldAs(stratum)]));
  const names = new Set(together.values());
  const groupOf = ({ wilaya, sex }: Crowd): string => (stratifyBy.includes('wilaya') ? wilaya : sex);
  // Nobody knows of which groups there are none; all that are not named are what remains.
  const nameOf = (crowd: Crowd): string => (names.has(groupOf(crowd)) ? groupOf(crowd) : names.has('all') ? 'all' : 'rest');
  const strata = sizesOfStrata(sizes, together).map(({ stratum, population }) => ({
    of: (crowd: Crowd) => isIn(crowd) && nameOf(crowd) === stratum,
    people: population,
  }));
  const groups = ['all', 'sex', 'wilaya'].flatMap((by) =>
    [...toldBy(sizes, by)].map((value) => {
      const of = (crowd: Crowd) => isIn(crowd) && kinds[by]?.(crowd) === value;
      return { of, people: crowds.reduce((sum, crowd) => (of(crowd) ? sum + crowd.people : sum), 0) };
    }),
  );
  return [...strata, ...groups];
}

/** Groups of one to nine people, by anything that rounds tell apart, that what was told gives back to within one and nine. */
function recovered(crowds: readonly Crowd[], facts: readonly Fact[]): string[] {
  if (facts.length === 0) return [];
  const some = (of: (crowd: Crowd) => boolean) => new Map(crowds.flatMap((crowd, i) => (of(crowd) ? [[i, 1] as const] : [])));
  const bounds = new Bounds({ unknowns: crowds.length, equations: facts.map(({ of, people }) => ({ factors: some(of), sum: people })) });
  const within: Record<string, (crowd: Crowd) => boolean> = {
    first: ({ rounds }) => rounds.includes(1),
    second: ({ rounds }) => rounds.includes(2),
    'first alone': ({ rounds }) => !rounds.includes(2),
    'second alone': ({ rounds }) => !rounds.includes(1),
    both: ({ rounds }) => rounds.length === 2,
  };
  return Object.entries(within).flatMap(([name, isIn]) =>
    Object.values(kinds).flatMap((of) =>
      [...new Set(crowds.map(of))].flatMap((value) => {
        const group = (crowd: Crowd) => isIn(crowd) && of(crowd) === value;
        const people = crowds.reduce((sum, crowd) => (group(crowd) ? sum + crowd.people : sum), 0);
        if (people === 0 || people > 9) return [];
        const { least, most } = bounds.of(some(group).keys());
        return least > 0.01 && most < 9.99 ? [`${name}: ${value}, ${people} people`] : [];
      }),
    ),
  );
}

describe('what rounds of the same days tell of whom they are about', () => {
  it.each([[['wilaya']], [['sex']], [['wilaya', 'sex']]])('gives back no handful, drawn by %j', (stratifyBy) => {
    let told = 0;
    fc.assert(
      fc.property(world, (crowds) => {
        const facts = [1, 2].flatMap((round) => toldOf(crowds, round, stratifyBy));
        told += facts.length;
        expect(recovered(crowds, facts)).toEqual([]);
      }),
      { numRuns: Number(process.env['ATTACK_RUNS'] ?? 60) },
    );
    expect(told).toBeGreaterThan(0);
  });

  it('gives none back where the days of one lie within those of the other', () => {
    fc.assert(
      fc.property(world, (crowds) => {
        const nested = crowds.filter(({ rounds }) => rounds.includes(2));
        expect(recovered(nested, [...toldOf(nested, 1, ['wilaya']), ...toldOf(nested, 2, ['wilaya', 'sex'])])).toEqual([]);
      }),
      { numRuns: Number(process.env['ATTACK_RUNS'] ?? 60) },
    );
  });

  it('are told apart where every group is large, and drawn together where one is small', () => {
    const crowd = (wilaya: string, sex: string, people: number): Crowd => ({ wilaya, sex, rounds: [1], people });
    const large = [crowd('16', 'female', 40), crowd('16', 'male', 30), crowd('25', 'female', 20), crowd('25', 'male', 25)];
    const strata = (crowds: Crowd[], by: string[]) => [...new Set(strataFor(sizesFor(crowds, 1), by).values())].sort();
    expect(strata(large, ['wilaya', 'sex'])).toEqual(['16/female', '16/male', '25/female', '25/male']);
    expect(strata([...large, crowd('31', 'male', 3), crowd('40', 'female', 12)], ['wilaya'])).toEqual(['16', '25', 'rest']);
    expect(strata([...large, crowd('31', 'male', 30), crowd('31', 'female', 3)], ['wilaya', 'sex'])).toContain('31');
    expect(strata([crowd('16', 'female', 40), crowd('25', 'female', 4)], ['wilaya'])).toEqual(['all']);
  });
});
