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

/** What somebody answered, with the groups that they are counted in. */
export interface Response {
  readonly stratum: string;
  readonly wilaya: string;
  readonly sex: string;
  readonly ageBand: string;
  readonly hasDisability: boolean;
  readonly answers: Answers;
}
