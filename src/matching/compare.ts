import { compareBirths, compareDocuments, comparePhones } from './compare-fields.ts';
import type { Evidence, Field } from './levels.ts';
import { decide, type Model } from './model.ts';
import { compareLocations } from './places.ts';
import type { Decision, Frequencies, Profile } from './types.ts';
import { NameScale } from './weigh-names.ts';
import { type Weights, weightsOf } from './weights.ts';

/** With what two people are compared: the weights, how common the names are, and among how many people the pair was found. */
export interface Setting {
  readonly model: Model;
  readonly frequencies: Frequencies;
  readonly population: number;
}

export interface Comparison {
  /** That the two are one person, 0 to 1. */
  readonly probability: number;
  readonly decision: Decision;
  readonly evidence: readonly Evidence[];
}

/** What one household shares, so that it says little about a pair whose own names or births do not agree. */
const shared: ReadonlySet<Field> = new Set(['phone', 'location', 'middle']);

/** How many bits that may say, by how far the own names and the births are from agreeing. */
const most = { otherPerson: 2, doubtfulName: 6, doubtfulBirth: 8 };
/** Father and son of one name are told apart by a junior or senior behind it. */
const OTHER_GENERATION = -5;

type Levels = Partial<Record<Field, string>>;

/** Brother and sister may have names that differ by a letter: Amin and Amina. */
function ownName({ given, sex }: Levels): 'agrees' | 'doubtful' | 'other' {
  if (given === undefined || given === 'different') return 'other';
  if (sex === 'different' && given !== 'same' && given !== 'spelling') return 'other';
  return given === 'alike' || given === 'sound' ? 'doubtful' : 'agrees';
}

/** How many bits the circle of a household may say, or undefined where name and birth are agreed upon. */
function limitOf(levels: Levels): number | undefined {
  const name = ownName(levels);
  const otherBirth = levels.birth === 'different';
  if (levels.document === 'same' && levels.sex !== 'different' && !(name === 'other' && otherBirth)) return undefined;
  if (name === 'other' || otherBirth) return most.otherPerson;
  if (name === 'doubtful') return most.doubtfulName;
  return levels.birth === 'near_year' || levels.birth === 'alike' ? most.doubtfulBirth : undefined;
}

/** Takes back what relatives share anyway: brothers, twins, father and son have a family name, a phone and an address in common. */
function relatives(a: Profile, b: Profile, evidence: readonly Evidence[], weights: Weights): Evidence | undefined {
  const levels: Levels = {};
  for (const { field, level } of evidence) levels[field] = level;
  const limit = limitOf(levels);
  let surplus = a.j === b.j ? 0 : OTHER_GENERATION;
  if (limit !== undefined) {
    const withBirth = ownName(levels) !== 'agrees';
    const circle = evidence.filter(({ field }) => shared.has(field) || (withBirth && field === 'birth'));
    surplus += Math.min(0, limit - circle.reduce((total, { weight }) => total + Math.max(weight, 0), 0));
    if (a.h && a.h === b.h && limit === most.otherPerson) surplus += weights.of('household', 'relatives');
  }
  return surplus < 0 ? { field: 'household', level: 'relatives', weight: surplus } : undefined;
}

function evidenceOf(a: Profile, b: Profile, weights: Weights, frequencies: Frequencies): Evidence[] {
  const evidence: Evidence[] = [];
  const add = (field: Field, level: string | undefined) => {
    if (level !== undefined) evidence.push({ field, level, weight: weights.of(field, level) } as Evidence);
  };
  const alignment = new NameScale(weights, frequencies).align(a, b);
  if (alignment) {
    evidence.push(...alignment.names);
    if (alignment.names.length > 1) add('order', alignment.order);
  }
  add('birth', compareBirths(a.b, b.b));
  add('sex', a.s && b.s && (a.s === b.s ? 'same' : 'different'));
  add('document', compareDocuments(a.d, b.d));
  add('phone', comparePhones(a.p, b.p));
  add('location', compareLocations(a.l, b.l));
  const family = relatives(a, b, evidence, weights);
  if (family) evidence.push(family);
  return evidence;
}

const rounded = (one: Evidence): Evidence => ({ ...one, weight: Math.round(one.weight * 100) / 100 });

/**
 * Compares two people after Fellegi and Sunter (1969): the odds that any two people of this population are one, times the odds of every
 * field. What is missing says nothing. The order of the two does not matter.
 */
export function compare(a: Profile, b: Profile, { model, frequencies, population }: Setting): Comparison {
  const weights = weightsOf(model);
  const evidence = evidenceOf(a, b, weights, frequencies);
  const prior = Math.log2(model.duplicatesPerPerson / Math.max(population, 2));
  const bits = evidence.reduce((sum, { weight }) => sum + weight, prior);
  const probability = 1 / (1 + 2 ** -bits);
  return { probability, decision: decide(model, probability), evidence: evidence.map(rounded) };
}
