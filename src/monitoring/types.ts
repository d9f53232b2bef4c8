import type { components } from '../contract/api.ts';

type Schemas = components['schemas'];

export type SurveyRound = Schemas['SurveyRound'];
export type SurveyRoundInFull = Schemas['SurveyRoundInFull'];
export type SurveyQuestion = Schemas['SurveyQuestion'];
export type Questionnaire = Schemas['Questionnaire'];
export type SurveyResults = Schemas['SurveyResults'];
export type SurveyGroup = Schemas['SurveyGroup'];
export type InterviewState = Schemas['InterviewState'];
export type NoResponseReason = Schemas['NoResponseReason'];

/** What was answered, by question. */
export type Answers = Readonly<Record<string, string | number>>;

/** A round as the table holds it. */
export interface StoredRound {
  readonly round: SurveyRound;
  readonly questionnaire: Questionnaire;
  readonly seed: Buffer | null;
  readonly results: SurveyResults | null;
}

/** How many people there are in a stratum, and how many of them are asked. */
export interface Stratum {
  readonly stratum: string;
  readonly population: number;
  readonly sample: number;
}

/** How many people there are in a group that a round may be told of by, by which of the rounds of the same days are about them. */
export interface GroupSize {
  readonly by: string;
  readonly value: string;
  readonly parts: readonly { readonly rounds: readonly string[]; readonly people: number }[];
}

/** How many people a round is about, beside the earlier ones of the same days. */
export interface Sizes {
  /** In the order in which they were drawn; the last is the one in question. */
  readonly rounds: readonly string[];
  readonly groups: readonly GroupSize[];
}

/** What somebody answered, with the groups that they are counted in. */
export interface Response {
  readonly stratum: string;
  readonly wilaya: string;
  readonly sex: string;
  readonly ageBand: string;
  readonly hasDisability: boolean;
  readonly answers: Answers;
}
