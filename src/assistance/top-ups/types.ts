import type { Group } from '../../funding/index.ts';
import type { Sql } from '../../platform/index.ts';
import type { PersonName, Refused } from '../people/types.ts';
import type { Amount, PlanBase } from '../plan-base.ts';

/** So much, or so much of a hundred of what is topped up, as decimal text; why; and when it falls due. */
export interface TopUpTerms {
  /** A word by which the same top-up is known again: `price_rise`. An instalment is topped up once for it, by whichever plan. */
  readonly reason: string;
  readonly amount?: string | undefined;
  readonly percentage?: string | undefined;
  /** ISO 8601. */
  readonly dueOn: string;
}

/** Something added to what people were paid. Whom is said afterwards. */
export interface NewTopUps extends PlanBase {
  readonly kind: 'top_up';
  readonly topUp: TopUpTerms;
}

/** Somebody, and which of their instalments is topped up: the last one that was released to them when nothing is said. */
export interface NamedTopUp {
  readonly person: PersonName;
  readonly instalmentId?: string | undefined;
}

/** People already assisted: what was released to them, or paid, between two days, and as far as the rest says. */
export interface TopUpRule {
  readonly assisted: 'released' | 'paid';
  /** ISO 8601, both included, in the programme's time zone. */
  readonly from: string;
  readonly to: string;
  readonly planIds?: readonly string[] | undefined;
  readonly wilayas?: readonly string[] | undefined;
  readonly groups?: readonly Group[] | undefined;
  /** Who was found to be in one of these tiers of a scorecard when what is topped up fell due. */
  readonly tiers?: { readonly scorecardId: string; readonly names: readonly string[] } | undefined;
}

/** What was topped up by named people: how much, and who was left out. */
export interface NamedTopUps {
  readonly made: { readonly index: number; readonly instalmentId: string; readonly topsUpId: string; readonly amount: Amount }[];
  readonly refused: Refused[];
}

/** What a rule comes to. */
export interface TopUpTotals {
  readonly count: number;
  readonly total: Amount;
  /** Topped up for this reason before. */
  readonly already: number;
  /** A percentage that comes to less than the smallest coin. */
  readonly comesToNothing: number;
  /** A percentage that comes to less or more than one payment may be. */
  readonly outOfBounds: number;
  /** Of the last two, the first, each with why. */
  readonly leftOut: { readonly instalmentId: string; readonly code: LeftOutCode }[];
}

export type LeftOutCode = 'comes_to_nothing' | 'below_least' | 'above_most';

/** What the rooms above know of what became of an instalment. */
export interface AssistedPorts {
  /** What was released, or paid, in a programme between two days: rows of `instalment_id, wilaya_number, sex, age_band, has_disability`. */
  assisted(how: TopUpRule['assisted'], programmeId: string, from: string, to: string): Sql;
}
