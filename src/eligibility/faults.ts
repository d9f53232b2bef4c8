import type { ProblemPlace } from '../platform/index.ts';
import { type Field, isFlagField, isNumberField, isWordField, wordFields } from './fields.ts';
import { findingOf } from './rules.ts';
import type { Named, Question, ScorecardDefinition, Test } from './types.ts';

/**
 * What is wrong with a scorecard that fits the contract: everything that could not be evaluated, or would never count.
 * @param wilayas the numbers of the wilayas that exist
 */
export function faultsOf(definition: ScorecardDefinition, wilayas: readonly string[]): ProblemPlace[] {
  const { conditions, points, groups = [], tiers = [] } = definition;
  return [
    ...conditions.flatMap(({ field, ...test }, i) => placed(`/definition/conditions/${i}`, faultOfTest(field, test, wilayas))),
    ...points.flatMap((question, i) => faultsOfQuestion(question, `/definition/points/${i}`, groups, wilayas)),
    ...namedTwice([
      ...conditions.map((rule, i) => ({ rule, at: `/definition/conditions/${i}` })),
      ...points.map((rule, i) => ({ rule, at: `/definition/points/${i}` })),
    ]),
    ...namedTwice(groups.map((rule, i) => ({ rule, at: `/definition/groups/${i}` }))),
    ...namedTwice(tiers.map((rule, i) => ({ rule, at: `/definition/tiers/${i}` }))),
    ...groups.flatMap(({ name }, i) =>
      placed(
        `/definition/groups/${i}`,
        points.some(({ group }) => group === name) ? undefined : 'No question is in this group. Take it out, or name it in a question.',
      ),
    ),
    ...faultsOfScores(definition),
  ];
}

const placed = (pointer: string, detail: string | undefined): ProblemPlace[] => (detail ? [{ pointer, detail }] : []);

const namedTwice = (rules: readonly { rule: Named; at: string }[]): ProblemPlace[] =>
  rules.flatMap(({ rule, at }, i) =>
    placed(
      `${at}/name`,
      rules.some(({ rule: other }, j) => j < i && other.name === rule.name) ? 'Another one has this name already.' : undefined,
    ),
  );

function faultsOfQuestion(question: Question, at: string, groups: readonly Named[], wilayas: readonly string[]): ProblemPlace[] {
  const { field, group, values, whenUnknown } = question;
  const ofTests = values.flatMap(({ points: _points, label: _label, ...test }, i) =>
    placed(
      `${at}/values/${i}`,
      test.op === 'is_known' ? 'Points are given for an answer, not for there being one.' : faultOfTest(field, test, wilayas),
    ),
  );
  return [
    ...ofTests,
    ...(ofTests.length > 0 ? [] : neverReached(question, at)),
    ...placed(
      `${at}/group`,
      group === undefined || groups.some(({ name }) => name === group) ? undefined : 'There is no group of this name.',
    ),
    ...placed(
      `${at}/whenUnknown`,
      whenUnknown === 'no_points' && values.some(({ points }) => points < 0)
        ? 'A question that takes points away must be answered, or nobody would answer it.'
        : undefined,
    ),
  ];
}

function faultOfTest(field: Field, { op, value }: Test, wilayas: readonly string[]): string | undefined {
  if (op === 'is_known') return value === undefined ? undefined : 'is_known takes no value.';
  if (isFlagField(field)) {
    const fits = (op === 'is_true' || op === 'is_false') && value === undefined;
    return fits ? undefined : `${field} is asked with is_true or is_false and no value.`;
  }
  if (isNumberField(field)) {
    const fits = ['at_least', 'at_most', 'equals'].includes(op) && typeof value === 'number' && Number.isInteger(value) && value >= 0;
    return fits ? undefined : `${field} is asked with at_least, at_most or equals and a whole number.`;
  }
  if (!isWordField(field)) return 'There is no such field.';
  const words = field === 'wilaya' ? wilayas : wordFields[field];
  const asked = op === 'one_of' && Array.isArray(value) ? value : op === 'equals' && typeof value === 'string' ? [value] : [];
  return asked.length > 0 && asked.every((word) => words.includes(word))
    ? undefined
    : `${field} is asked with one_of or equals, out of: ${words.join(', ')}.`;
}

/** Values that stand behind others which fit whoever they fit. */
function neverReached({ field, values }: Question, at: string): ProblemPlace[] {
  const samples = isFlagField(field)
    ? [true, false]
    : isNumberField(field)
      ? values.flatMap(({ value }) => [Number(value) - 1, Number(value), Number(value) + 1].map((n) => ({ from: n, to: n })))
      : values.flatMap(({ value }) => value ?? []);
  const reached = new Set(samples.map((sample) => findingOf({ field, values }, { [field]: sample })));
  return values.flatMap((_value, i) =>
    placed(
      `${at}/values/${i}`,
      reached.has(i) ? undefined : 'The first value that fits counts, and one before this fits everybody whom this one fits.',
    ),
  );
}

function faultsOfScores(definition: ScorecardDefinition): ProblemPlace[] {
  const { tiers = [], threshold } = definition;
  const most = mostPoints(definition);
  return [
    ...tiers.flatMap(({ fromScore }, i) => [
      ...placed(
        `/definition/tiers/${i}/fromScore`,
        i > 0 && fromScore <= (tiers[i - 1]?.fromScore ?? 0) ? 'Each tier starts at a higher score than the one before.' : undefined,
      ),
      ...placed(`/definition/tiers/${i}/fromScore`, fromScore > most ? `Nobody can have more than ${most} points.` : undefined),
    ]),
    ...placed('/definition/threshold', threshold > most ? `Nobody can have more than ${most} points.` : undefined),
  ];
}

/** The highest score that anybody can have. */
export function mostPoints({ points, groups = [] }: ScorecardDefinition): number {
  const best = ({ values }: Question) => Math.max(0, ...values.map((value) => value.points));
  const sumIn = (name: string | undefined) => points.reduce((sum, question) => (question.group === name ? sum + best(question) : sum), 0);
  return groups.reduce((sum, { name, atMost }) => sum + Math.min(atMost, sumIn(name)), sumIn(undefined));
}
