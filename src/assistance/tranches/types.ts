import type { PersonName } from '../people/types.ts';
import type { Amount, PlanBase } from '../plan-base.ts';

/** A part of a person's ceiling, by a share of it or an amount, as decimal text, and what has to be confirmed before it is paid. */
export interface NewTranche {
  readonly name: string;
  /** Of one: "0.4". */
  readonly share?: string | undefined;
  readonly amount?: string | undefined;
  /** ISO 8601. */
  readonly earliestOn?: string | undefined;
  /** Days after somebody was entered; the day itself when neither is said. */
  readonly earliestAfterDays?: number | undefined;
  readonly conditions: readonly NewCondition[];
}

export interface NewCondition {
  readonly name: string;
  /** What somebody has to see before they confirm it. */
  readonly evidenceAsked: string;
}

/** A ceiling for each person, paid in tranches in this order. */
export interface NewReintegration extends PlanBase {
  readonly kind: 'reintegration_cash';
  readonly tranches: readonly NewTranche[];
}

export interface Tranche extends Omit<NewTranche, 'conditions'> {
  readonly id: string;
  readonly number: number;
}

export type DrawState = 'waiting' | 'drawn' | 'refused';

/** One tranche of one person. */
export interface Draw {
  readonly id: string;
  readonly planId: string;
  readonly programmeId: string;
  readonly beneficiaryId: string;
  readonly trancheId: string;
  readonly trancheNumber: number;
  readonly trancheName: string;
  readonly amount: Amount;
  readonly earliestOn: string;
  readonly state: DrawState;
  /** Goes up each time it is put back: what was confirmed before counts no more. */
  readonly round: number;
  /** What is owed by it, once it was signed. */
  readonly instalmentId: string | null;
}

/** A condition and whether it was confirmed in the round that counts. */
export interface CheckedCondition extends NewCondition {
  readonly id: string;
  readonly evidence: string | null;
  readonly confirmedBy: string | null;
  readonly confirmedAt: string | null;
}

export interface DrawDecision {
  readonly round: number;
  readonly decision: 'signed' | 'refused' | 'put_back';
  readonly reason: string | null;
  readonly decidedBy: string;
  readonly decidedAt: string;
}

export interface DrawSheet extends Draw {
  readonly conditions: CheckedCondition[];
  readonly decisions: DrawDecision[];
}

/** Somebody and the most that they are paid, as decimal text in the plan's currency. */
export interface NewCeiling {
  readonly person: PersonName;
  readonly ceiling: string;
}
