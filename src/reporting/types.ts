import type { Money } from '../platform/index.ts';

/** Days between which pay-outs are counted, both included; null is without end. */
export interface Period {
  readonly from: string | null;
  readonly to: string | null;
}

export const sexes = ['female', 'male', 'other'] as const;
export const ageBands = ['0-5', '6-11', '12-17', '18-59', '60+'] as const;

export type Sex = (typeof sexes)[number];
export type AgeBand = (typeof ageBands)[number];
export type AssistanceKind = 'one_time_grant' | 'stipend' | 'reintegration_cash' | 'top_up' | 'cash_for_work';

/** How money stands or moved in a fund. */
export const figures = ['received', 'committed', 'released', 'paid', 'outstanding', 'expired', 'cancelled', 'returned', 'fees'] as const;
export type Figure = (typeof figures)[number];

/** How many people, or that it may not be said. */
export interface ShownCount {
  readonly people: number | null;
  readonly suppressed: boolean;
}

/** What a donor may know about a fund they gave. It names nobody, and no group under ten. */
export interface DonorReport {
  readonly fund: { readonly id: string; readonly donor: string; readonly agreement: string };
  readonly programme: { readonly id: string; readonly code: string; readonly name: string };
  readonly period: Period;
  readonly money: Readonly<Record<Figure, ReturnType<Money['toJSON']>>>;
  readonly reached: { readonly people: number | null; readonly households: number | null };
  readonly bySexAndAge: {
    readonly rows: { readonly sex: Sex; readonly cells: (ShownCount & { readonly ageBand: AgeBand })[]; readonly total: ShownCount }[];
    readonly totals: (ShownCount & { readonly ageBand: AgeBand })[];
  };
  readonly byDisability: (ShownCount & { readonly hasDisability: boolean })[];
  readonly byWilaya: (ShownCount & { readonly number: string; readonly name: string; readonly pcode: string | null })[];
  readonly byKind: (ShownCount & { readonly kind: AssistanceKind })[];
  /** From the last signature on a list to the cash, in days. */
  readonly daysToCash: { readonly median: number | null; readonly p90: number | null; readonly suppressed: boolean };
  readonly costToTransfer: { readonly feesToPaid: string | null; readonly paidToTotal: string | null };
}
