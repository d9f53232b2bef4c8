import type { Language } from '../beneficiaries/index.ts';
import { groupSums, isGap, pointsOf } from './rules.ts';
import type { Finding, Gap, Named, PointsValue, ScorecardDefinition, Texts } from './types.ts';

/** What one rule came to, in words. */
export interface ShownLine {
  readonly rule: string;
  readonly text: string;
  readonly outcome: 'met' | 'not_met' | 'not_assessable';
  /** Which answer counted, where one did. */
  readonly answer: string | null;
  /** Null for a condition. */
  readonly points: number | null;
  /** The group that the points are counted in. */
  readonly group: string | null;
  readonly reason: Gap | null;
}

export interface ShownGroup {
  readonly group: string;
  readonly text: string;
  readonly points: number;
  readonly atMost: number;
  /** What of the points counts. */
  readonly counted: number;
}

export interface ShownTier {
  readonly tier: string;
  readonly text: string;
  readonly fromScore: number;
}

/** A score as a sum that anybody can do again: the points of the lines without a group, and what counts of each group. */
export interface Sum {
  readonly lines: ShownLine[];
  readonly groups: ShownGroup[];
}

const spoken = (texts: Texts | undefined, language: Language): string | undefined => texts?.[language] ?? texts?.en;
const textOf = ({ name, label }: Named, language: Language): string => spoken(label, language) ?? name;

const signs: Readonly<Record<string, string>> = { at_least: '≥', at_most: '≤', equals: '=' };

/** An answer that has no label, in signs that need no language; none for yes and no. */
function signOf({ op, value }: PointsValue): string | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(', ') : `${signs[op] ?? ''} ${value}`.trim();
}

/** What findings say, line by line, in the language asked for or else in English. */
export function explain(definition: ScorecardDefinition, findings: readonly Finding[], language: Language): Sum {
  const { conditions, points, groups = [] } = definition;
  const lineOf = (rule: Named, finding: Finding | undefined) => ({
    rule: rule.name,
    text: textOf(rule, language),
    outcome: isGap(finding) ? ('not_assessable' as const) : typeof finding === 'number' ? ('met' as const) : ('not_met' as const),
    answer: null,
    points: null,
    group: null,
    reason: isGap(finding) ? finding : null,
  });
  const ofQuestions = points.map((question, i) => {
    const finding = findings[conditions.length + i];
    const value = typeof finding === 'number' ? question.values[finding] : undefined;
    return {
      ...lineOf(question, finding),
      answer: (value && (spoken(value.label, language) ?? signOf(value))) ?? null,
      points: pointsOf(question, finding),
      group: question.group ?? null,
    };
  });
  return {
    lines: [...conditions.map((condition, i) => lineOf(condition, findings[i])), ...ofQuestions],
    groups: groupSums(definition, findings).map(({ name, points: sum, counted }, i) => {
      const group = groups[i] ?? { name, atMost: counted };
      return { group: name, text: textOf(group, language), points: sum, atMost: group.atMost, counted };
    }),
  };
}

/** A tier in words. */
export function shownTier({ tiers = [] }: ScorecardDefinition, name: string | null, language: Language): ShownTier | null {
  const tier = tiers.find((one) => one.name === name);
  return tier ? { tier: tier.name, text: textOf(tier, language), fromScore: tier.fromScore } : null;
}

/** One line of two assessments that came to something else the second time. */
export interface ChangedLine {
  readonly rule: string;
  readonly text: string;
  readonly from: Omit<ShownLine, 'rule' | 'text' | 'group'>;
  readonly to: Omit<ShownLine, 'rule' | 'text' | 'group'>;
}

/** Which lines differ between two assessments under one scorecard. */
export function changedLines(
  definition: ScorecardDefinition,
  before: readonly Finding[],
  after: readonly Finding[],
  language: Language,
): ChangedLine[] {
  const earlier = explain(definition, before, language).lines;
  return explain(definition, after, language).lines.flatMap((line, i) => {
    const was = earlier[i];
    return was && before[i] !== after[i] ? [{ rule: line.rule, text: line.text, from: side(was), to: side(line) }] : [];
  });
}

const side = ({ outcome, answer, points, reason }: ShownLine): ChangedLine['from'] => ({ outcome, answer, points, reason });
