import type { Money } from '../../platform/index.ts';
import type { AmountRule, PlanBase } from '../plan-base.ts';
import type { Day } from './days.ts';

/** A sum for each period. */
export interface NewStipend extends PlanBase {
  readonly kind: 'stipend';
  readonly amountRule: AmountRule;
  readonly startsOn: Day;
  /** The last day, or how many periods; one of the two. */
  readonly endsOn?: Day;
  readonly count?: number;
  readonly every: 'month' | 'days';
  readonly everyDays?: number;
  readonly dueAt?: 'start' | 'end';
  readonly isOpen?: boolean;
  readonly scorecardId?: string;
}

/** What was decided of one entitlement. Of two that speak of the same day, the later decision counts. */
export type Change =
  | { readonly kind: 'suspend'; readonly from: Day }
  /** `actsFrom` is `from`, or with arrears the first day of the suspension that it ends. */
  | { readonly kind: 'resume'; readonly from: Day; readonly actsFrom: Day }
  | { readonly kind: 'amount'; readonly from: Day; readonly amount: Money };

/** One person's share in a plan. A stop has moved its last day. */
export interface Entitled {
  readonly startsOn: Day;
  readonly endsOn: Day;
  /** In the order in which they were decided. */
  readonly changes: readonly Change[];
}

/** Why nothing is owed for a period. */
export type NotOwed = 'not_enrolled' | 'not_eligible' | 'merged' | 'suspended' | 'no_amount' | 'below_minor_unit' | 'made_out_before';

/** How somebody's record stood at a due date. */
export interface Standing {
  readonly reason: 'not_enrolled' | 'not_eligible' | 'merged' | null;
  /** For a whole period; null when the plan has no amount for the like of them. */
  readonly rate: Money | null;
}

/** So many days of so many at a rate. */
export interface Part {
  readonly from: Day;
  readonly to: Day;
  readonly of: number;
  readonly rate: Money;
}

/** What the rules owe one person for one period. */
export interface Owing {
  readonly period: number;
  readonly dueOn: Day;
  /** The first day that is owed and the last; for a period that owes nothing, of the period. */
  readonly from: Day;
  readonly to: Day;
  readonly parts: readonly Part[];
  /** Rounded; zero when nothing is owed. */
  readonly amount: Money;
  readonly reason: NotOwed | null;
}
