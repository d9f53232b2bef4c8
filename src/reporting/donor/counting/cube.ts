import type { AgeBand, AssistanceKind, Sex } from '../types.ts';

/** How many people are alike in everything that a report breaks down by. */
export interface Alike {
  readonly sex: Sex;
  readonly ageBand: AgeBand;
  readonly hasDisability: boolean;
  readonly wilaya: string;
  readonly kind: AssistanceKind;
  readonly people: number;
}

/** Pay-outs in a place or of a kind. */
export interface Transfers {
  readonly count: number;
  /** Decimal text. */
  readonly amount: string;
}

export const breakdowns = ['sex', 'sex_age', 'disability', 'sex_age_disability', 'wilaya', 'kind', 'wilaya_group'] as const;
export type BreakdownName = (typeof breakdowns)[number];

/** A cell as it is kept: the truth, and whether it may be shown. */
export interface Cell {
  readonly breakdown: BreakdownName;
  /** What it is of, `female/18-59`. */
  readonly cell: string;
  readonly people: number;
  readonly transfers: number;
  readonly amount: string;
  readonly isShown: boolean;
}

export const cellOf = (breakdown: BreakdownName, cell: string, people: number, isShown: boolean): Cell => ({
  breakdown,
  cell,
  people,
  transfers: 0,
  amount: '0',
  isShown,
});

/** How many people are in the part of a cube that a condition picks. */
export const countIn = (cube: readonly Alike[], fits: (alike: Alike) => boolean): number =>
  cube.reduce((sum, alike) => (fits(alike) ? sum + alike.people : sum), 0);
