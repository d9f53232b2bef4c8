import type { Evidence, Field } from './levels.ts';
import { levels } from './levels.ts';
import type { Model, Odds } from './model.ts';

/** A pair that was compared: its evidence, how often this very pattern was seen, and what a person decided about it. */
export interface Observation {
  readonly evidence: readonly Evidence[];
  readonly count?: number;
  readonly decided?: 'same' | 'different';
}

const ROUNDS = 50;
const ENOUGH = 1e-6;
/** How many pairs the old odds count for, so that a few decisions move the model a little and many move it much. */
const FORMER_PAIRS = 50;

type Table = Map<string, { m: number; u: number }>;
const keyOf = (field: string, level: string): string => `${field} ${level}`;

function probabilityOf({ evidence, decided }: Observation, model: Model, prior: number): number {
  if (decided) return decided === 'same' ? 1 : 0;
  let bits = Math.log2(prior / (1 - prior));
  for (const { field, level, weight } of evidence) {
    const odds = model.fields[field]?.[level];
    bits += odds && field !== 'household' ? Math.log2(odds.m / odds.u) : weight;
  }
  return 1 / (1 + 2 ** -bits);
}

function counted(observations: readonly Observation[], chances: readonly number[]): Table {
  const table: Table = new Map();
  observations.forEach(({ evidence, count = 1 }, i) => {
    const same = (chances[i] as number) * count;
    for (const { field, level } of evidence) {
      const cell = table.get(keyOf(field, level)) ?? { m: 0, u: 0 };
      table.set(keyOf(field, level), { m: cell.m + same, u: cell.u + count - same });
    }
  });
  return table;
}

function fieldAfter(field: Field, before: Readonly<Record<string, Odds>>, table: Table): Record<string, Odds> {
  const cells = levels[field].map((level) => ({ level, ...(table.get(keyOf(field, level)) ?? { m: 0, u: 0 }) }));
  const sum = (side: 'm' | 'u') => cells.reduce((total, cell) => total + cell[side], 0);
  const former = (side: 'm' | 'u') => Object.values(before).reduce((total, odds) => total + odds[side], 0);
  const shareOf = (side: 'm' | 'u', level: string, seen: number) => {
    const prior = ((before[level] as Odds)[side] / former(side)) * FORMER_PAIRS;
    return ((seen + prior) / (sum(side) + FORMER_PAIRS)) * former(side);
  };
  return Object.fromEntries(
    cells.map(({ level, m, u }) => [level, { m: Math.min(1, shareOf('m', level, m)), u: Math.min(1, shareOf('u', level, u)) }]),
  );
}

/**
 * Estimates the odds of a model anew from pairs of one programme by expectation and maximisation (Winkler 1988): pairs that a person
 * decided stay as decided, the others count as far as the model believes them. Returns the next version; the caller compares both before use.
 */
export function reestimate(model: Model, observations: readonly Observation[]): Model {
  if (observations.length === 0) return { ...model, version: model.version + 1 };
  let next = model;
  let prior = 0.5;
  for (let round = 0; round < ROUNDS; round += 1) {
    const chances = observations.map((observation) => probabilityOf(observation, next, prior));
    const total = observations.reduce((sum, { count = 1 }) => sum + count, 0);
    const expected = observations.reduce((sum, { count = 1 }, i) => sum + count * (chances[i] as number), 0);
    const before = prior;
    prior = Math.min(0.999, Math.max(0.001, expected / total));
    const table = counted(observations, chances);
    const fields = Object.fromEntries(
      (Object.keys(levels) as Field[]).map((field) => [
        field,
        field === 'household' ? model.fields[field] : fieldAfter(field, model.fields[field] as Record<string, Odds>, table),
      ]),
    ) as Model['fields'];
    next = { ...model, version: model.version + 1, fields };
    if (Math.abs(prior - before) < ENOUGH) break;
  }
  return next;
}
