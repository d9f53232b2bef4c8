import type { Money } from '../platform/index.ts';

/** An amount as it stands in the API. */
export type Amount = ReturnType<Money['toJSON']>;

/** What one person is owed: the same for all, or by the size of their household, as decimal text in the plan's currency. */
export type AmountRule =
  | { readonly rule: 'fixed'; readonly amount: string }
  | { readonly rule: 'by_household_size'; readonly amounts: HouseholdTier[] };

/** From this many people in the household on, this amount. */
export interface HouseholdTier {
  readonly fromSize: number;
  readonly amount: string;
}

export interface NewPlan {
  readonly kind: 'one_time_grant';
  readonly name: string;
  /** What the money is for. Nobody is paid for the same purpose by two plans. */
  readonly purpose: string;
  readonly amountRule: AmountRule;
  readonly dueOn: string;
  /** Whom the plan is for: everybody enrolled whom this scorecard found eligible. */
  readonly scorecardId: string;
}

export interface Plan extends NewPlan {
  readonly id: string;
  readonly programmeId: string;
  readonly currency: string;
  readonly createdAt: string;
}

/** What a plan owes altogether. */
export interface Owed {
  readonly entitled: number;
  readonly total: Amount;
}
