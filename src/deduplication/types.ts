import type { Birth, EnrolmentState, Names } from '../beneficiaries/index.ts';

/** What can be compared of two people without reading either. */
export type EvidenceField = 'document' | 'phone' | 'birth' | 'household';

/** One thing that speaks for or against two records being one person; never the value itself. */
export interface Evidence {
  readonly field: EvidenceField;
  readonly level: 'same' | 'different';
  /** Share of the score, decimal text. */
  readonly weight: string;
}

/** Two people who have something in common. The first is the one whose identifier sorts first. */
export interface CandidatePair {
  readonly firstId: string;
  readonly secondId: string;
  readonly sameDocument: boolean;
  readonly samePhone: boolean;
  /** Exactly known and equal. */
  readonly sameBirth: boolean;
  readonly sameHousehold: boolean;
}

export interface ScoredPair {
  readonly firstId: string;
  readonly secondId: string;
  /** Between 0 and 1, decimal text. */
  readonly score: string;
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

/** Two records side by side. */
export interface DuplicatePair {
  readonly first: PairSide;
  readonly second: PairSide;
  readonly score: string;
  readonly evidence: (Evidence & { readonly text: string })[];
  readonly state: PairState;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly foundAt: string;
  readonly version: number;
}
