/** What a scorecard may ask about a person. */
export const numberFields = ['age', 'householdSize', 'unpaidRentMonths', 'mealsPerDay'] as const;
export const flagFields = ['healthProblem', 'disability', 'pregnant', 'victimOfTrafficking'] as const;
export const wordFields = {
  relationship: ['head', 'spouse', 'child', 'parent', 'sibling', 'other'],
  incomeChange: ['lost', 'reduced', 'unchanged'],
  sex: ['female', 'male', 'other'],
} as const;

type NumberField = (typeof numberFields)[number];
type FlagField = (typeof flagFields)[number];
type WordField = keyof typeof wordFields;
export type Field = NumberField | FlagField | WordField;

export type Operator = 'one_of' | 'at_least' | 'at_most' | 'equals' | 'is_true';

/** One question about a person, under a name that people read in the result. */
export interface Condition {
  readonly name: string;
  readonly field: Field;
  readonly op: Operator;
  readonly value?: number | string | string[];
}

/** Points for those of whom it is true. */
export interface PointsRule extends Condition {
  readonly points: number;
}

/** Who qualifies: those who meet every condition and have as many points as the threshold. */
export interface ScorecardDefinition {
  readonly name: string;
  readonly conditions: Condition[];
  readonly points: PointsRule[];
  readonly threshold: number;
}

export interface Scorecard {
  readonly id: string;
  readonly programmeId: string;
  readonly version: number;
  readonly definition: ScorecardDefinition;
  readonly createdAt: string;
}

/** What is known of a person. A number that is not known exactly is a range. */
export type Facts = { readonly [Name in NumberField]?: { readonly from: number; readonly to: number } | undefined } & {
  readonly [Name in FlagField]?: boolean | undefined;
} & { readonly [Name in WordField]?: string | undefined };

/** What one condition or rule of points came to. */
export interface AssessmentLine {
  readonly rule: string;
  readonly outcome: 'met' | 'not_met' | 'not_assessable';
  /** Only on rules of points. */
  readonly points?: number;
  /** Why it cannot be said. */
  readonly reason?: 'not_answered' | 'not_known_well_enough';
}

export type Outcome = 'eligible' | 'not_eligible' | 'not_assessable';

export interface Assessment {
  readonly outcome: Outcome;
  readonly score: number;
  readonly lines: AssessmentLine[];
}
