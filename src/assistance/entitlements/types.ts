import type { Amount } from '../plan-base.ts';
import type { Day } from '../schedule/days.ts';
import type { NotOwed } from '../schedule/types.ts';

export type EntitlementState = 'active' | 'suspended' | 'stopped';
export type ChangeKind = 'suspend' | 'resume' | 'amount' | 'stop';

/** What is to change of an entitlement, from a day on. */
export interface NewChange {
  readonly change: ChangeKind;
  readonly from: Day;
  /** With `resume`: whether the suspended days are paid after all. */
  readonly arrears?: boolean;
  /** With `amount`: for a whole period, decimal text in the plan's currency. */
  readonly amount?: string;
}

/** A change as it was decided. */
export interface ShownChange {
  readonly number: number;
  readonly change: ChangeKind;
  readonly from: Day;
  readonly arrears: boolean | null;
  readonly amount: Amount | null;
  readonly reason: string;
  readonly runId: string | null;
  readonly madeBy: string;
  readonly madeAt: string;
}

/** One person's share in a plan. */
export interface Entitlement {
  readonly id: string;
  readonly planId: string;
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly state: EntitlementState;
  readonly startsOn: Day | null;
  readonly endsOn: Day | null;
  /** What instalments were made out for, withdrawn ones aside. */
  readonly madeOut: Amount;
  /** Above zero: owed beyond that, and made up for by the next instalment. Below zero: made out beyond what is owed. */
  readonly carried: Amount;
  readonly createdAt: string;
}

/** An instalment that is still to come if the person's record stays as it is. */
export interface Upcoming {
  readonly coversFrom: Day;
  readonly coversTo: Day;
  readonly dueOn: Day;
  readonly amount: Amount;
  /** Of the amount, what makes up for earlier instalments. */
  readonly carried: Amount;
}

/** One line of the sum that an instalment is. */
export interface WorkingLine {
  readonly what: 'days' | 'rounding' | 'carried';
  /** With `days`: from when to when, how many of how many, and the amount for all of them. */
  readonly from: Day | null;
  readonly to: Day | null;
  readonly days: number | null;
  readonly of: number | null;
  readonly rate: Amount | null;
  readonly amount: Amount;
}

/** An instalment as its person's sheet shows it. */
export interface ShownInstalment {
  readonly id: string;
  readonly number: number;
  readonly period: number | null;
  readonly coversFrom: Day;
  readonly coversTo: Day;
  readonly dueOn: Day;
  readonly amount: Amount;
  readonly state: 'due' | 'withdrawn';
  /** Whether it is on a list that counts. */
  readonly isListed: boolean;
  /** They add up to the amount. */
  readonly workings: WorkingLine[];
}

/** A period for which nothing is owed. */
export interface ShownNotOwed {
  readonly period: number;
  readonly coversFrom: Day;
  readonly coversTo: Day;
  readonly dueOn: Day;
  readonly reason: NotOwed;
  readonly decidedAt: string;
  /** When a later change has made it owed after all. */
  readonly liftedAt: string | null;
}
