import type { components } from '../../contract/api.ts';

type Schemas = components['schemas'];

/** What must agree for a line to be a record of ours. */
export type Pass = Required<Schemas['MatchingPass']>;

/** A programme's passes, in one version of them. */
export type PassSet = Omit<Schemas['MatchingPasses'], 'passes'> & { readonly passes: Pass[] };

export type Target = Schemas['MatchTarget'];

export type TargetType = Schemas['MatchTargetType'];

/** One line that is a record of ours, or several, and why we say so. */
export type Match = Schemas['StatementMatch'];

export type MatchingRun = Schemas['MatchingRun'];

/** A statement as matching needs to know it. */
export interface MatchedStatement {
  readonly id: string;
  readonly programmeId: string;
  readonly source: 'post' | 'bank';
  readonly state: string;
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly lineCount: number;
  readonly uploadedBy: string;
}
