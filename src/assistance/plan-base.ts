import type { Money } from '../platform/index.ts';

/** An amount as it stands in the API. */
export type Amount = ReturnType<Money['toJSON']>;

/** What one person is owed: the same for all, by the size of their household, or by the scorecard's tier that they are in, as decimal text in the plan's currency. */
export type AmountRule =
  | { readonly rule: 'fixed'; readonly amount: string }
  | { readonly rule: 'by_household_size'; readonly amounts: HouseholdTier[] }
  | { readonly rule: 'by_tier'; readonly amounts: ScorecardTier[] };

/** From this many people in the household on, this amount. */
export interface HouseholdTier {
  readonly fromSize: number;
  readonly amount: string;
}

/** People in this tier of the plan's scorecard, this amount; those in a tier that is not named, nothing. */
export interface ScorecardTier {
  readonly tier: string;
  readonly amount: string;
}

/** What every plan says, whatever its kind. */
export interface PlanBase {
  readonly name: string;
  /** What the money is for. Nobody is paid for the same purpose by two plans. */
  readonly purpose: string;
}
