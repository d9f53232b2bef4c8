import type { ProblemPlace, Text } from '../platform/index.ts';
import { type Field, isFlagField, isNumberField, isWordField, wordFields } from './fields.ts';
import { findingOf } from './rules.ts';
import type { Named, Question, ScorecardDefinition, Test } from './types.ts';
import { say } from './words.ts';

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
      placed(`/definition/groups/${i}`, points.some(({ group }) => group === name) ? undefined : say('group_empty')),
    ),
    ...faultsOfScores(definition),
  ];
}

const placed = (pointer: string, detail: Text | undefined): ProblemPlace[] => (detail ? [{ pointer, detail }] : []);

const namedTwice = (rules: readonly { rule: Named; at: string }[]): ProblemPlace[] =>
  rules.flatMap(({ rule, at }, i) =>
    placed(`${at}/name`, rules.some(({ rule: other }, j) => j < i && other.name === rule.name) ? say('name_twice') : undefined),
  );

function faultsOfQuestion(question: Question, at: string, groups: readonly Named[], wilayas: readonly string[]): ProblemPlace[] {
  const { field, group, values, whenUnknown } = question;
  const ofTests = values.flatMap(({ points: _points, label: _label, ...test }, i) =>
    placed(`${at}/values/${i}`, test.op === 'is_known' ? say('points_for_being_known') : faultOfTest(field, test, wilayas)),
  );
  return [
    ...ofTests,
    ...(ofTests.length > 0 ? [] : neverReached(question, at)),
    ...placed(`${at}/group`, group === undefined || groups.some(({ name }) => name === group) ? undefined : say('group_unknown')),
    ...placed(
      `${at}/whenUnknown`,
      whenUnknown === 'no_points' && values.some(({ points }) => points < 0) ? say('points_taken_unanswered') : undefined,
    ),
  ];
}

function faultOfTest(field: Field, { op, value }: Test, wilayas: readonly string[]): Text | undefined {
  if (op === 'is_known') return value === undefined ? undefined : say('is_known_alone');
  if (isFlagField(field)) {
    const fits = (op === 'is_true' || op === 'is_false') && value === undefined;
    return fits ? undefined : say('flag_asked_wrongly', { field });
  }
  if (isNumberField(field)) {
    const fits = ['at_least', 'at_most', 'equals'].includes(op) && typeof value === 'number' && Number.isInteger(value) && value >= 0;
    return fits ? undefined : say('number_asked_wrongly', { field });
  }
  if (!isWordField(field)) return say('field_unknown');
  const words = field === 'wilaya' ? wilayas : wordFields[field];
  const asked = op === 'one_of' && Array.isArray(value) ? value : op === 'equals' && typeof value === 'string' ? [value] : [];
  return asked.length > 0 && asked.every((word) => words.includes(word))
    ? undefined
    : say('word_asked_wrongly', { field, words: words.join(', ') });
}

/** Values that stand behind others which fit whoever they fit. */
function neverReached({ field, values }: Question, at: string): ProblemPlace[] {
  const samples = isFlagField(field)
    ? [true, false]
    : isNumberField(field)
      ? values.flatMap(({ value }) => [Number(value) - 1, Number(value), Number(value) + 1].map((n) => ({ from: n, to: n })))
      : values.flatMap(({ value }) => value ?? []);
  const reached = new Set(samples.map((sample) => findingOf({ field, values }, { [field]: sample })));
  return values.flatMap((_value, i) => placed(`${at}/values/${i}`, reached.has(i) ? undefined : say('value_never_reached')));
}

function faultsOfScores(definition: ScorecardDefinition): ProblemPlace[] {
  const { tiers = [], threshold } = definition;
  const most = mostPoints(definition);
  return [
    ...tiers.flatMap(({ fromScore }, i) => [
      ...placed(
        `/definition/tiers/${i}/fromScore`,
        i > 0 && fromScore <= (tiers[i - 1]?.fromScore ?? 0) ? say('tiers_not_rising') : undefined,
      ),
      ...placed(`/definition/tiers/${i}/fromScore`, fromScore > most ? say('score_never_reached', { most }) : undefined),
    ]),
    ...placed('/definition/threshold', threshold > most ? say('score_never_reached', { most }) : undefined),
  ];
}

/** The highest score that anybody can have. */
export function mostPoints({ points, groups = [] }: ScorecardDefinition): number {
  const best = ({ values }: Question) => Math.max(0, ...values.map((value) => value.points));
  const sumIn = (name: string | undefined) => points.reduce((sum, question) => (question.group === name ? sum + best(question) : sum), 0);
  return groups.reduce((sum, { name, atMost }) => sum + Math.min(atMost, sumIn(name)), sumIn(undefined));
}
