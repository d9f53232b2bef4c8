import type { AmountRule, PlanBase } from '../plan-base.ts';

/** One sum, once. */
export interface NewGrant extends PlanBase {
  readonly kind: 'one_time_grant';
  readonly amountRule: AmountRule;
  readonly dueOn: string;
  readonly scorecardId?: string;
}
