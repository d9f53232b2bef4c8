import type { ProblemPlace } from '../platform/index.ts';
import {
  type Assessment,
  type AssessmentLine,
  type Condition,
  type Facts,
  flagFields,
  numberFields,
  type Operator,
  type ScorecardDefinition,
  wordFields,
} from './types.ts';

const isOneOf = <Name extends string>(names: readonly Name[], field: string): field is Name => (names as readonly string[]).includes(field);

/** What is wrong with a scorecard that fits the contract. */
export function faultsOf({ conditions, points }: ScorecardDefinition): ProblemPlace[] {
  const rules = [
    ...conditions.map((rule, i) => ({ rule, at: `/definition/conditions/${i}` })),
    ...points.map((rule, i) => ({ rule, at: `/definition/points/${i}` })),
  ];
  return rules.flatMap(({ rule, at }, i) => {
    const detail = faultOf(rule);
    const twice = rules.some(({ rule: other }, j) => j < i && other.name === rule.name);
    return [
      ...(twice ? [{ pointer: `${at}/name`, detail: 'Another rule has this name already.' }] : []),
      ...(detail ? [{ pointer: at, detail }] : []),
    ];
  });
}

function faultOf({ field, op, value }: Condition): string | undefined {
  if (isOneOf(flagFields, field))
    return op === 'is_true' && value === undefined ? undefined : `${field} is asked with is_true and no value.`;
  if (isOneOf(numberFields, field)) {
    const fits = ['at_least', 'at_most', 'equals'].includes(op) && typeof value === 'number' && Number.isInteger(value) && value >= 0;
    return fits ? undefined : `${field} is asked with at_least, at_most or equals and a whole number.`;
  }
  const words: readonly string[] = wordFields[field];
  const asked = op === 'one_of' && Array.isArray(value) ? value : op === 'equals' && typeof value === 'string' ? [value] : [];
  return asked.length > 0 && asked.every((word) => words.includes(word))
    ? undefined
    : `${field} is asked with one_of or equals, out of: ${words.join(', ')}.`;
}

/** Whole years between two ISO 8601 dates. */
export function yearsBetween(from: string, to: string): number {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}

/** How old somebody is on a day, as exactly as their birth is known. @param birth ISO 8601 dates; a birth after the day counts as that day */
export const ageOn = (birth: { readonly from: string; readonly to: string }, day: string): { from: number; to: number } => ({
  from: yearsBetween(birth.to < day ? birth.to : day, day),
  to: Math.max(0, yearsBetween(birth.from, day)),
});

/** True or false; null when what is known leaves it open; undefined when nothing is known. */
function answerTo({ field, op, value }: Condition, facts: Facts): boolean | null | undefined {
  if (isOneOf(flagFields, field)) return facts[field];
  if (!isOneOf(numberFields, field)) {
    const word = facts[field];
    return word === undefined ? undefined : Array.isArray(value) ? value.includes(word) : value === word;
  }
  const range = facts[field];
  return range && compare(op, range, Number(value));
}

function compare(op: Operator, { from, to }: { from: number; to: number }, value: number): boolean | null {
  const low = holds(op, from, value);
  const settled = op === 'equals' ? from === to || value < from || value > to : low === holds(op, to, value);
  return settled ? low : null;
}

const holds = (op: Operator, known: number, value: number): boolean =>
  op === 'at_least' ? known >= value : op === 'at_most' ? known <= value : known === value;

function lineFor(condition: Condition, facts: Facts): AssessmentLine {
  const answer = answerTo(condition, facts);
  const rule = condition.name;
  if (answer === undefined) return { rule, outcome: 'not_assessable', reason: 'not_answered' };
  if (answer === null) return { rule, outcome: 'not_assessable', reason: 'not_known_well_enough' };
  return { rule, outcome: answer ? 'met' : 'not_met' };
}

/**
 * Whether a person qualifies. A question that cannot be answered is never taken for a yes: the person is not assessable, unless
 * a condition that can be answered rules them out anyway.
 */
export function assess({ conditions, points, threshold }: ScorecardDefinition, facts: Facts): Assessment {
  const conditionLines = conditions.map((condition) => lineFor(condition, facts));
  const pointLines = points.map((rule) => {
    const line = lineFor(rule, facts);
    return { ...line, points: line.outcome === 'met' ? rule.points : 0 };
  });
  const lines = [...conditionLines, ...pointLines];
  const score = pointLines.reduce((sum, line) => sum + line.points, 0);
  if (conditionLines.some(({ outcome }) => outcome === 'not_met')) return { outcome: 'not_eligible', score, lines };
  if (lines.some(({ outcome }) => outcome === 'not_assessable')) return { outcome: 'not_assessable', score, lines };
  return { outcome: score >= threshold ? 'eligible' : 'not_eligible', score, lines };
}

/** What a stored assessment came to, from its lines. */
export function outcomeOf(isEligible: boolean, lines: readonly AssessmentLine[]): Assessment['outcome'] {
  if (isEligible) return 'eligible';
  const ruledOut = lines.some(({ outcome, points }) => outcome === 'not_met' && points === undefined);
  return !ruledOut && lines.some(({ outcome }) => outcome === 'not_assessable') ? 'not_assessable' : 'not_eligible';
}
