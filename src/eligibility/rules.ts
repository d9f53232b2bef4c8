import { type Facts, type Field, isFlagField, isNumberField, isWordField, type Range } from './fields.ts';
import type { Assessment, Finding, Gap, Move, Operator, Question, ScorecardDefinition, Standing, Test } from './types.ts';

/**
 * What every rule of a scorecard comes to for a person, the conditions first, then the questions. It always answers: what a rule asks
 * and nobody can tell is a gap, and never fits.
 */
export const findingsOf = ({ conditions, points }: ScorecardDefinition, facts: Facts): Finding[] => [
  ...conditions.map(({ field, ...test }) => findingOf({ field, values: [test] }, facts)),
  ...points.map((question) => findingOf(question, facts)),
];

interface Asked {
  readonly field: Field;
  readonly values: readonly Test[];
}

/** Which value fits a person: the first, in order. */
export function findingOf({ field, values }: Asked, facts: Facts): Finding {
  for (const [i, test] of values.entries()) {
    const fits = fitOf(field, test, facts);
    if (fits === true) return i;
    if (fits !== false) return fits;
  }
  return 'none';
}

function fitOf(field: Field, test: Test, facts: Facts): boolean | Gap {
  if (isNumberField(field)) return fitOfNumber(facts[field], test);
  if (isFlagField(field)) return fitOfFlag(facts[field], test);
  if (isWordField(field)) return fitOfWord(facts[field], test);
  return 'not_understood';
}

function fitOfNumber(known: Range | undefined, { op, value }: Test): boolean | Gap {
  if (op === 'is_known') return known !== undefined && known.from === known.to;
  if (!Number.isInteger(value) || !['at_least', 'at_most', 'equals'].includes(op)) return 'not_understood';
  return known ? fitOfRange(known, op, Number(value)) : 'not_answered';
}

function fitOfRange({ from, to }: Range, op: Operator, value: number): boolean | Gap {
  const low = holds(op, from, value);
  const settled = op === 'equals' ? from === to || value < from || value > to : low === holds(op, to, value);
  return settled ? low : 'not_known_well_enough';
}

const holds = (op: Operator, known: number, value: number): boolean =>
  op === 'at_least' ? known >= value : op === 'at_most' ? known <= value : known === value;

function fitOfFlag(known: boolean | undefined, { op }: Test): boolean | Gap {
  if (op === 'is_known') return known !== undefined;
  if (op !== 'is_true' && op !== 'is_false') return 'not_understood';
  return known === undefined ? 'not_answered' : known === (op === 'is_true');
}

function fitOfWord(known: string | undefined, { op, value }: Test): boolean | Gap {
  if (op === 'is_known') return known !== undefined;
  const words = op === 'one_of' && Array.isArray(value) ? value : op === 'equals' && typeof value === 'string' ? [value] : undefined;
  if (!words) return 'not_understood';
  return known === undefined ? 'not_answered' : words.includes(known);
}

export const isGap = (finding: Finding | undefined): finding is Gap => typeof finding === 'string' && finding !== 'none';

/** What a finding is worth. */
export const pointsOf = ({ values }: Question, finding: Finding | undefined): number =>
  typeof finding === 'number' ? (values[finding]?.points ?? 0) : 0;

/** Points before and after a group's cap. */
export interface GroupSum {
  readonly name: string;
  readonly points: number;
  readonly counted: number;
}

/** What each group adds to the score. */
export function groupSums({ conditions, points, groups = [] }: ScorecardDefinition, findings: readonly Finding[]): GroupSum[] {
  return groups.map(({ name, atMost }) => {
    const sum = points.reduce(
      (total, question, i) => (question.group === name ? total + pointsOf(question, findings[conditions.length + i]) : total),
      0,
    );
    return { name, points: sum, counted: Math.min(sum, atMost) };
  });
}

/** The highest tier that a score reaches; null below the first. */
export const tierOf = ({ tiers = [] }: Pick<ScorecardDefinition, 'tiers'>, score: number): string | null =>
  tiers.findLast(({ fromScore }) => fromScore <= score)?.name ?? null;

/**
 * What findings come to. A question that cannot be answered is never taken for a yes: the person is not assessable, unless a condition
 * that can be answered rules them out anyway.
 */
export function evaluate(definition: ScorecardDefinition, findings: readonly Finding[]): Assessment {
  const { conditions, points, threshold } = definition;
  const ofConditions = findings.slice(0, conditions.length);
  const ungrouped = points.reduce(
    (sum, question, i) => (question.group === undefined ? sum + pointsOf(question, findings[conditions.length + i]) : sum),
    0,
  );
  const score = groupSums(definition, findings).reduce((sum, { counted }) => sum + counted, ungrouped);
  if (ofConditions.includes('none')) return { outcome: 'not_eligible', score, tier: null };
  if (ofConditions.some(isGap) || points.some((question, i) => leavesOpen(question, findings[conditions.length + i])))
    return { outcome: 'not_assessable', score, tier: null };
  return { outcome: score >= threshold ? 'eligible' : 'not_eligible', score, tier: tierOf(definition, score) };
}

/** Whether the score cannot be told for want of an answer to this question. */
export const leavesOpen = ({ whenUnknown }: Question, finding: Finding | undefined): boolean =>
  isGap(finding) && (whenUnknown !== 'no_points' || finding === 'not_understood');

/** A tally with more people counted into it. */
export function withMoves(moves: readonly Move[], more: readonly Pick<Move, 'from' | 'to'>[]): Move[] {
  const keyOf = ({ from, to }: Pick<Move, 'from' | 'to'>) => [from?.outcome, from?.tier, to.outcome, to.tier].join('\n');
  const tally = new Map(moves.map((move) => [keyOf(move), move]));
  for (const { from, to } of more) {
    const key = keyOf({ from, to });
    tally.set(key, { from: from && standing(from), to: standing(to), people: (tally.get(key)?.people ?? 0) + 1 });
  }
  return [...tally.values()];
}

const standing = ({ outcome, tier }: Standing): Standing => ({ outcome, tier });
