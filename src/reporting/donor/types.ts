import type { Money } from '../../platform/index.ts';

export const sexes = ['female', 'male', 'other'] as const;
export const ageBands = ['0-5', '6-11', '12-17', '18-59', '60+'] as const;
export const kinds = ['one_time_grant', 'stipend', 'reintegration_cash', 'top_up', 'cash_for_work', 'emergency_cash'] as const;
/** What ages come to where bands are too fine: in each wilaya, and in HXL. */
export const ageGroups = ['children', 'adults', 'elderly'] as const;

/** How cash gets to people. */
export const channels = ['post_office', 'by_hand'] as const;

export type Channel = (typeof channels)[number];
export type Sex = (typeof sexes)[number];
export type AgeBand = (typeof ageBands)[number];
export type AgeGroup = (typeof ageGroups)[number];
export type AssistanceKind = (typeof kinds)[number];

export const groupOf = (band: AgeBand): AgeGroup => (band === '60+' ? 'elderly' : band === '18-59' ? 'adults' : 'children');

/** How money stands or moved in a fund. */
export const figures = [
  'received',
  'committed',
  'released',
  'paid',
  'outstanding',
  'expired',
  'cancelled',
  'returned',
  'fees',
  'exchangeLoss',
  'losses',
  'recovered',
] as const;
export type Figure = (typeof figures)[number];

export type Amount = ReturnType<Money['toJSON']>;
export type Figures = Readonly<Record<Figure, Amount>>;

/**
 * How many people. With `suppressed`, there may be more who are not told of here: `people` are those who are, null when none are.
 */
export interface ShownCount {
  readonly people: number | null;
  readonly suppressed: boolean;
}

/** People with the pay-outs made to them and to those reached before. */
export interface ShownTransfers extends ShownCount {
  readonly transfers: number | null;
  readonly amount: Amount | null;
}

export interface WilayaRow extends ShownTransfers {
  readonly number: string;
  readonly name: string;
  readonly nameAr: string;
  readonly pcode: string | null;
  /** By which ten people or more were paid, or else by which most were; none where that is not told. Absent in reports from before it was. */
  readonly channels?: Channel[];
  readonly groups: (ShownCount & { readonly sex: Sex; readonly ageGroup: AgeGroup })[];
}

/** People of one or several reports, broken down. */
export interface Breakdown {
  /** The first day (null: from the beginning) and the last. */
  readonly from: string | null;
  readonly to: string | null;
  readonly people: number;
  readonly bySexAndAge: {
    readonly rows: (ShownCount & { readonly sex: Sex; readonly cells: AgeCell[] })[];
    readonly totals: (ShownCount & { readonly ageBand: AgeBand })[];
  };
  readonly byDisability: (ShownCount & { readonly hasDisability: boolean })[];
  readonly byWilaya: WilayaRow[];
  readonly byKind: (ShownTransfers & { readonly kind: AssistanceKind })[];
}

export interface AgeCell extends ShownCount {
  readonly ageBand: AgeBand;
  readonly withDisability: ShownCount;
  readonly withoutDisability: ShownCount;
}

/** How long the cash took, in days from the last signature on a list; null where fewer than ten were paid. */
export interface DaysToCash {
  readonly median: number | null;
  readonly p90: number | null;
}

export interface Contribution {
  readonly reference: string;
  readonly receivedOn: string;
  readonly amount: Amount;
}

/** What went out between two reports. */
export interface Spent {
  readonly to: string;
  readonly paid: Amount;
  readonly fees: Amount;
}

/** What a donor may know about a fund they gave. It names nobody, and no group under ten. */
export interface DonorReport {
  readonly fund: { readonly id: string; readonly donor: string; readonly agreement: string; readonly currency: string };
  readonly programme: { readonly id: string; readonly code: string; readonly name: string };
  readonly state: 'published' | 'draft';
  readonly number: number;
  /** When its figures were computed; of a published report, when it was published. */
  readonly computedAt: string;
  /** What is new in it: the days since the last one. */
  readonly period: { readonly from: string | null; readonly to: string };
  readonly money: {
    /** Until the last day; what is outstanding is a position, the rest moved. */
    readonly sinceStart: Figures;
    /** Since the last report, with what was booked late for days before it. */
    readonly inPeriod: Figures;
    /** Of those, what was booked late; only figures that are not zero. */
    readonly corrections: Partial<Figures>;
  };
  readonly transfers: { readonly sinceStart: number; readonly inPeriod: number };
  /** People and households, each counted once. Null where it may not be said. */
  readonly reached: {
    readonly people: number | null;
    readonly households: number | null;
    /** Reached for the first time; null where nobody is counted: few are left for a later report. */
    readonly newPeople: number | null;
    readonly newHouseholds: number | null;
    /** Of `people`, who are in the tables of another fund of the programme and so in none here; none or ten and more. */
    readonly toldBefore: number;
    /** Paid in the period, whether or not they were reached before. */
    readonly peopleInPeriod: number | null;
    readonly householdsInPeriod: number | null;
  };
  readonly breakdown: Breakdown;
  /** The same by report, for rows by time and place. */
  readonly steps: Breakdown[];
  readonly daysToCash: { readonly sinceStart: DaysToCash; readonly inPeriod: DaysToCash };
  readonly costToTransfer: { readonly feesToPaid: string | null; readonly paidToTotal: string | null };
  readonly contributions: Contribution[];
  /** Cash and fees of each report. */
  readonly spent: Spent[];
  /** What the donor has promised, in the agreement's currency. */
  readonly pledged: Amount | null;
  readonly activity: { readonly startsOn: string; readonly endsOn: string };
}
