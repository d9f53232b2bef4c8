import type { Birth, EnrolmentState, Names } from '../beneficiaries/index.ts';
import type { Evidence, Decision as Verdict } from '../matching/index.ts';

/** Two people who may be one, with why. The first is the one whose identifier sorts first. */
export interface ScoredPair {
  readonly firstId: string;
  readonly secondId: string;
  /** Between 0 and 1. */
  readonly probability: number;
  readonly evidence: readonly Evidence[];
}

/** Superseded is a pair of which one record was merged into a third, which has taken it over. */
export type PairState = 'open' | 'same_person' | 'different_people' | 'needs_information' | 'superseded';
export type Decision = Exclude<PairState, 'open' | 'superseded'>;

/** One side of a pair, as a person who decides sees it. */
export interface PairSide {
  readonly id: string;
  readonly registrationNumber: string;
  readonly names: Names | null;
  readonly birth: Birth | null;
  readonly householdReference: string;
  readonly state: EnrolmentState;
  readonly registeredAt: string;
}

/** One reason for or against, in words, with what each of the two records says. */
export type ShownEvidence = Evidence & { readonly text: string; readonly first: string | null; readonly second: string | null };

/** A decision on a pair, as it was taken. */
export interface PastDecision {
  readonly decision: Decision;
  readonly reason: string;
  readonly decidedBy: string;
  readonly decidedAt: string;
}

/** A household without a head. */
export interface HeadlessHousehold {
  readonly id: string;
  readonly reference: string;
}

/** Two records side by side. */
export interface DuplicatePair {
  readonly first: PairSide;
  readonly second: PairSide;
  readonly score: string;
  readonly evidence: ShownEvidence[];
  /** Fields and levels as one text. */
  readonly pattern: string;
  /** Of the weights that it was scored with; 0 are the shipped ones. */
  readonly modelVersion: number;
  readonly state: PairState;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  /** The merger that stands between the two. */
  readonly mergerId: string | null;
  /** The household whose head that merger took, as long as nobody else was named. */
  readonly headlessHousehold: HeadlessHousehold | null;
  readonly foundAt: string;
  readonly version: number;
}

/** How the pairs of a programme would move from one set of weights to another. Counts, no person. */
export interface ModelComparison {
  /** The version that was in use. */
  readonly withVersion: number;
  readonly pairs: number;
  readonly moves: { readonly from: Verdict; readonly to: Verdict; readonly pairs: number }[];
  /** How often each would have said what people decided: more likely one person than not, or less. */
  readonly decided: { readonly pairs: number; readonly rightBefore: number; readonly rightAfter: number };
}
