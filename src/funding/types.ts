import type { Earmarks } from './drawing/index.ts';

/** An amount as it stands in the API. */
export interface Amount {
  readonly amount: string;
  readonly currency: string;
}

/** What a donor and the agency agreed on, and how the fund is drawn on. All of it may change. */
export interface Terms {
  readonly donor: string;
  /** What the donor has promised, in the currency of the agreement. */
  readonly pledged: Amount | null;
  /** The first and last day that what it pays may fall due. */
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  /** The part of what is received that may go to fees and is set aside for them, `0.025`. */
  readonly feeShare: string | null;
  readonly drawOrder: number;
  /** How much of what its order carries is to come from it, beside the shares of the others. */
  readonly drawShare: string | null;
  readonly earmarks: Earmarks;
}

/** Money that a donor gives for one programme under one agreement. */
export interface Fund extends Terms {
  readonly id: string;
  readonly programmeId: string;
  readonly agreement: string;
  /** In the currency that the programme pays in, whatever it came in. */
  readonly received: Amount;
  readonly createdAt: string;
}

export interface StoredFund {
  readonly fund: Fund;
  readonly version: number;
}

/** The terms as they were from a change on. */
export interface FundVersion extends Terms {
  readonly version: number;
  readonly changedBy: string;
  readonly changedAt: string;
}

type Some<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/** What becomes of the terms; what is left out stays. */
export type TermsChange = Some<Omit<Terms, 'earmarks'>> & { readonly earmarks?: Some<Earmarks> | undefined };

/** What comes into a fund from the donor. */
export interface Contribution {
  readonly id: string;
  readonly fundId: string;
  /** As it arrived. */
  readonly amount: Amount;
  /** What it is booked at, in the fund's currency. */
  readonly value: Amount;
  /** What the booked value comes from, where it arrived in another currency. */
  readonly rate: DayRate | null;
  readonly receivedOn: string;
  readonly reference: string;
  readonly recordedAt: string;
  /** The entry of the ledger that a correction reverses. */
  readonly entryId: string;
  /** When it was taken back; null while it stands. */
  readonly reversedAt: string | null;
}

export interface DayRate {
  readonly rate: string;
  readonly validOn: string;
  readonly source: string;
}

/** How many units of one currency a unit of another is worth, from a day on. */
export interface ExchangeRate extends DayRate {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly recordedAt: string;
}

/** Foreign money that the bank changed into the fund's currency. */
export interface Conversion {
  readonly id: string;
  readonly fundId: string;
  readonly sold: Amount;
  readonly bought: Amount;
  /** What the sold money stood in the books at. */
  readonly bookedValue: Amount;
  /** What was bought less what was sold: below zero a loss. */
  readonly difference: Amount;
  readonly convertedOn: string;
  readonly reference: string;
  readonly recordedAt: string;
  readonly entryId: string;
  readonly reversedAt: string | null;
}

/** Money that a fund holds in another currency, and what it stands in the books at. */
export interface ForeignCash {
  readonly held: Amount;
  readonly value: Amount;
}

/** How fast a fund is used up. */
export interface Burn {
  /** Paid to people, fees, and what exchange has cost and was lost, less what was recovered. */
  readonly spent: Amount;
  readonly last30Days: Amount;
  /** Spent as a part of what was received; null when nothing was. */
  readonly ofReceived: string | null;
  /** Days gone by as a part of the fund's days; null when it has no dates. */
  readonly ofTime: string | null;
}

/** Where all the money of a fund is. */
export interface FundSheet {
  readonly fundId: string;
  readonly pledged: Amount | null;
  /** What has arrived of it, by the currency it arrived in. */
  readonly arrived: Amount[];
  readonly received: Amount;
  readonly available: Amount;
  /** Of what is available, what is kept for fees. */
  readonly setAside: Amount;
  readonly committed: Amount;
  readonly outstanding: Amount;
  readonly paid: Amount;
  readonly fees: Amount;
  readonly exchange: { readonly gains: Amount; readonly losses: Amount };
  /** What the post or the bank took beyond our books. */
  readonly losses: Amount;
  /** Of what was paid, what is the fund's again. */
  readonly recovered: Amount;
  readonly foreignCash: ForeignCash[];
  readonly burn: Burn;
}
