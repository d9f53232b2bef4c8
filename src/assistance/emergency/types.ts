import type { PersonName } from '../people/types.ts';
import type { AmountRule, PlanBase } from '../plan-base.ts';

/** Cash for people in no plan, within days. They are named afterwards. */
export interface NewEmergency extends PlanBase {
  readonly kind: 'emergency_cash';
  readonly amountRule: AmountRule;
  /** Falls due within so many days of somebody being entered. */
  readonly withinDays: number;
}

/** Somebody who is helped, and why if they are in another plan of the same purpose. */
export interface NewEntry {
  readonly person: PersonName;
  readonly despite?: string | undefined;
}
