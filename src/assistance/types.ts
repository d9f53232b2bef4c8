import type { NewEmergency } from './emergency/types.ts';
import type { NewGrant } from './grants/types.ts';
import type { Amount, AmountRule, PlanBase } from './plan-base.ts';
import type { NewStipend } from './schedule/types.ts';
import type { NewTopUps } from './top-ups/types.ts';
import type { NewReintegration } from './tranches/types.ts';
import type { NewWork } from './work/types.ts';

/** A plan as it is asked for, by kind. A kind adds its line here and its entry in `kinds.ts`. */
export interface NewPlans {
  readonly one_time_grant: NewGrant;
  readonly stipend: NewStipend;
  readonly reintegration_cash: NewReintegration;
  readonly top_up: NewTopUps;
  readonly emergency_cash: NewEmergency;
  readonly cash_for_work: NewWork;
}
export type PlanKind = keyof NewPlans;
export type NewPlan = NewPlans[PlanKind];

/** What of a plan depends on its kind; what a kind has no use for is left out. */
export interface PlanTerms {
  readonly amountRule?: AmountRule;
  /** When a grant is due. */
  readonly dueOn?: string;
  readonly startsOn?: string;
  readonly endsOn?: string;
  readonly every?: 'month' | 'days';
  readonly everyDays?: number;
  readonly dueAt?: 'start' | 'end';
  /** Whether people who qualify later join. */
  readonly isOpen?: boolean;
  /** Whom the plan is for: everybody enrolled whom this scorecard found eligible. */
  readonly scorecardId?: string;
  /** What else a kind needs to know: it stands in the answer beside the rest. */
  readonly terms?: Readonly<Record<string, unknown>>;
}

export interface Plan extends PlanBase, PlanTerms {
  readonly id: string;
  readonly programmeId: string;
  /** The programme's version when the plan was made, whose terms it keeps. */
  readonly programmeVersion: number;
  readonly kind: PlanKind;
  readonly currency: string;
  readonly createdAt: string;
}

/** A plan as the API shows it: what its kind keeps stands beside the rest. */
export type ShownPlan = Omit<Plan, 'terms'>;

/** What a plan owes altogether. */
export interface Owed {
  readonly entitled: number;
  readonly total: Amount;
}
