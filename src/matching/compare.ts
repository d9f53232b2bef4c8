import { compareBirths, compareDocuments, compareLocations, comparePhones } from './compare-fields.ts';
import type { Evidence, Field } from './levels.ts';
import type { Model } from './model.ts';
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

/** What one household shares, so that it says little about a pair whose given names or births differ. */
const shared: ReadonlySet<Field> = new Set(['phone', 'location']);
const MOST_OF_ONE_HOUSEHOLD = 2;

/** Takes back what relatives share anyway: brothers, twins, father and son have a family name, a phone and an address in common. */
function relatives(evidence: readonly Evidence[], sameHousehold: boolean, weights: Weights): Evidence | undefined {
  const levelOf = (field: Field) => evidence.find((one) => one.field === field)?.level;
  const otherGiven = levelOf('given') === 'different';
  const otherBirth = levelOf('birth') === 'different';
  if (!otherGiven && !otherBirth) return undefined;
  const circle = evidence.filter(({ field }) => shared.has(field) || (otherGiven && field === 'birth'));
  const sum = circle.reduce((total, { weight }) => total + Math.max(weight, 0), 0);
  const surplus = Math.min(0, MOST_OF_ONE_HOUSEHOLD - sum) + (sameHousehold ? weights.of('household', 'relatives') : 0);
  return surplus < 0 ? { field: 'household', level: 'relatives', weight: surplus } : undefined;
}

function evidenceOf(a: Profile, b: Profile, weights: Weights, frequencies: Frequencies): Evidence[] {
  const names = new NameScale(weights, frequencies);
  const evidence: Evidence[] = [];
  const add = (field: Field, level: string | undefined) => {
    if (level !== undefined) evidence.push({ field, level, weight: weights.of(field, level) } as Evidence);
  };
  const alignment = names.align(a, b);
  if (alignment) {
    evidence.push(...alignment.names);
    if (alignment.names.length > 1) add('order', alignment.order);
  }
  const middle = names.weigh('middle', a.m ?? [], b.m ?? []);
  if (middle) evidence.push(middle as Evidence);
  add('birth', compareBirths(a.b, b.b));
  add('sex', a.s && b.s && (a.s === b.s ? 'same' : 'different'));
  add('document', compareDocuments(a.d, b.d));
  add('phone', comparePhones(a.p, b.p));
  add('location', compareLocations(a.l, b.l));
  const family = relatives(evidence, Boolean(a.h && a.h === b.h), weights);
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
  const { same, review } = model.thresholds;
  const decision = probability >= same ? 'same' : probability >= review ? 'review' : 'different';
  return { probability, decision, evidence: evidence.map(rounded) };
}
