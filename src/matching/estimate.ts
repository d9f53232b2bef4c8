import { compare, type Setting } from './compare.ts';
import { chains, type Evidence, type Field, fields, groups, levels } from './levels.ts';
import { decide, type Model, type Odds } from './model.ts';
import type { Decision, Profile } from './types.ts';

/** A pair that was compared with the model: its evidence, how often this very pattern was seen, and what a person decided about it. */
export interface Observation {
  readonly evidence: readonly Evidence[];
  readonly count?: number;
  readonly decided?: 'same' | 'different';
}

const ROUNDS = 50;
const STILL = 1e-6;
/** How many pairs the former odds count for, so that a few decisions move the model a little and many move it much. */
const FORMER_PAIRS = 50;
const RAREST = 1e-6;

type Shares = Record<string, Odds>;

/** The probability of a pair under other odds than those it was compared with; what is told by how rare a name is stays. */
function probabilityOf({ evidence, decided }: Observation, before: Model, now: Model, prior: number): number {
  if (decided) return decided === 'same' ? 1 : 0;
  let bits = prior;
  for (const { field, level, weight } of evidence) {
    const [old, odds] = [before.fields[field]?.[level] as Odds, now.fields[field]?.[level] as Odds];
    bits += weight + Math.log2(odds.m / odds.u) - Math.log2(old.m / old.u);
  }
  return 1 / (1 + 2 ** -bits);
}

/** No level may speak more for one person than a level on which two people agree more. */
function inOrder(field: Field, shares: Shares): Shares {
  for (const chain of chains[field] ?? []) {
    chain.slice(1).forEach((level, at) => {
      const [above, below] = [shares[chain[at] as string] as Odds, shares[level] as Odds];
      shares[level] = { m: Math.min(below.m, (below.u * above.m) / above.u), u: below.u };
    });
  }
  return shares;
}

/** The odds of levels that stand for one another, after so many pairs of one person were seen on each. Agreement by chance stays as it was. */
function groupAfter(group: readonly string[], former: Shares, seen: (level: string) => number): (readonly [string, Odds])[] {
  const total = group.reduce((sum, level) => sum + seen(level), 0);
  const whole = group.reduce((sum, level) => sum + (former[level] as Odds).m, 0);
  return group.map((level) => {
    const { m, u } = former[level] as Odds;
    const share = (seen(level) + (m / whole) * FORMER_PAIRS) / (total + FORMER_PAIRS);
    return [level, { m: Math.min(1, Math.max(RAREST, share * whole)), u }] as const;
  });
}

function fieldAfter(field: Field, former: Shares, seen: ReadonlyMap<string, number>): Shares {
  const after = Object.fromEntries(
    (groups[field] ?? [levels[field]]).flatMap((group) => groupAfter(group, former, (level) => seen.get(`${field} ${level}`) ?? 0)),
  );
  return inOrder(field, Object.fromEntries(levels[field].map((level) => [level, after[level] as Odds])));
}

/**
 * Estimates anew how often the records of one person agree on each level, by expectation and maximisation (Winkler 1988): pairs that a
 * person decided stay as decided, the others count as far as the model believes them. How often two people agree by chance stays, for the
 * pairs that blocking brings together cannot tell it.
 * @param population among how many people the pairs were found
 * @returns the next version of the model, to be compared with the old one before use
 */
export function reestimate(model: Model, observations: readonly Observation[], population: number): Model {
  const prior = Math.log2(model.duplicatesPerPerson / Math.max(population, 2));
  let next: Model = { ...model, version: model.version + 1 };
  let before = Number.NaN;
  for (let round = 0; round < ROUNDS && observations.length > 0; round += 1) {
    const seen = new Map<string, number>();
    let expected = 0;
    for (const observation of observations) {
      const same = probabilityOf(observation, model, next, prior) * (observation.count ?? 1);
      expected += same;
      for (const { field, level } of observation.evidence) seen.set(`${field} ${level}`, (seen.get(`${field} ${level}`) ?? 0) + same);
    }
    const estimated = fields.map((field) => [
      field,
      field === 'household' ? model.fields[field] : fieldAfter(field, model.fields[field] as Shares, seen),
    ]);
    next = { ...next, fields: Object.fromEntries(estimated) as Model['fields'] };
    if (Math.abs(expected - before) < STILL) break;
    before = expected;
  }
  return next;
}

/** A pair that another model decides otherwise. */
export interface Move<T> {
  readonly pair: T;
  readonly from: Decision;
  readonly to: Decision;
  readonly probability: number;
}

/** Which pairs would move between same, review and different if another model were used. Yields them one by one. */
export function* moves<T extends { readonly a: Profile; readonly b: Profile }>(
  pairs: Iterable<T>,
  setting: Setting,
  after: Model,
): Generator<Move<T>> {
  for (const pair of pairs) {
    const from = compare(pair.a, pair.b, setting).decision;
    const { probability } = compare(pair.a, pair.b, { ...setting, model: after });
    const to = decide(after, probability);
    if (to !== from) yield { pair, from, to, probability };
  }
}
