import type { Field } from './fields.ts';

/** What something is called in the languages that it was written in. */
export interface Texts {
  readonly en: string;
  readonly fr?: string;
  readonly ar?: string;
}

/** Something that a scorecard names. The name tells it from the others; where there is no label, people read the name. */
export interface Named {
  readonly name: string;
  readonly label?: Texts;
}

export type Operator = 'one_of' | 'at_least' | 'at_most' | 'equals' | 'is_true' | 'is_false' | 'is_known';

/** What an answer is held against: a whole number, a word, or the words of `one_of`; nothing for the operators that begin with `is`. */
export interface Test {
  readonly op: Operator;
  readonly value?: number | string | string[];
}

/** Something that must hold of everybody who qualifies. */
export interface Condition extends Named, Test {
  readonly field: Field;
}

/** One answer to a question and what it is worth. */
export interface PointsValue extends Test {
  readonly points: number;
  readonly label?: Texts;
}

/** A question with points for its answers. Of the values in order, the first that fits counts. */
export interface Question extends Named {
  readonly field: Field;
  /** Which group its points are counted in. */
  readonly group?: string;
  /** What a missing answer means: nobody can say what the person's score is (unless told otherwise), or nothing is added to it. */
  readonly whenUnknown?: 'not_assessable' | 'no_points';
  readonly values: PointsValue[];
}

/** Questions about one thing, which together count no more than so many points. */
export interface Group extends Named {
  readonly atMost: number;
}

/** People with as many points as this, and fewer than the next tier's. */
export interface Tier extends Named {
  readonly fromScore: number;
}

/** Who qualifies: those who meet every condition and have as many points as the threshold. */
export interface ScorecardDefinition extends Named {
  readonly conditions: Condition[];
  readonly points: Question[];
  readonly groups?: Group[];
  readonly tiers?: Tier[];
  readonly threshold: number;
}

export interface Scorecard {
  readonly id: string;
  readonly programmeId: string;
  readonly version: number;
  readonly definition: ScorecardDefinition;
  readonly createdAt: string;
}

/** Why it cannot be said whether something holds. */
export type Gap = 'not_answered' | 'not_known_well_enough' | 'not_understood';

/** What one rule came to: the place of the value that fits, none of them, or why it cannot be said. A condition has one value. */
export type Finding = number | 'none' | Gap;

export type Outcome = 'eligible' | 'not_eligible' | 'not_assessable';

/** Where somebody stands under a scorecard. */
export interface Standing {
  readonly outcome: Outcome;
  /** Null below the first tier, and for those whom the scorecard is not for or who cannot be assessed. */
  readonly tier: string | null;
}

/** What somebody's findings come to. The score of those who are ruled out or cannot be assessed is of what is known. */
export interface Assessment extends Standing {
  readonly score: number;
}

/** How many people went from one standing to another, those who stayed where they were among them; from null: seen for the first time. */
export interface Move {
  readonly from: Standing | null;
  readonly to: Standing;
  readonly people: number;
}

/** One pass over everybody who is enrolled: assessing them, or only counting what two scorecards make of them. */
export interface AssessmentRun {
  readonly id: string;
  readonly scorecardId: string;
  /** The scorecard's first run, second, …; null for a comparison, which assesses nobody. */
  readonly number: number | null;
  readonly comparedWith: string | null;
  readonly state: 'running' | 'done' | 'cancelled';
  /** How many were enrolled when it began, and how many it has seen. */
  readonly expected: number;
  readonly people: number;
  readonly moves: Move[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
}
