import type { Kind } from '../../programmes/index.ts';

/** Whom a donor can give money for. A person may be of several groups. */
export const groups = ['children', 'women', 'men', 'older_people', 'people_with_disability'] as const;
export type Group = (typeof groups)[number];

/** Whom and what a fund is for; an empty list: for anybody, or anything. */
export interface Earmarks {
  /** Numbers of wilayas. */
  readonly wilayas: string[];
  /** Kinds of assistance. */
  readonly kinds: Kind[];
  readonly groups: Group[];
}

/** A fund as far as drawing on it goes. Amounts are whole minor units of its currency (centimes). */
export interface FundToDraw {
  readonly id: string;
  /** Which fund comes first, by rising number. */
  readonly order: number;
  /** How much of what its order carries is to come from it, in ten-thousandths; null: all that it can carry. */
  readonly share: bigint | null;
  /** The first and last day that a line may be due; null: no bound. */
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  readonly earmarks: Earmarks;
  /** What lines may still take. */
  readonly available: bigint;
  /** What lines have taken so far; zero at the beginning. */
  readonly drawn: bigint;
}

/** A sum owed to one person, as far as it decides which fund may carry it. */
export interface LineToDraw {
  /** In minor units of the funds' currency; above zero. */
  readonly amount: bigint;
  readonly kind: string;
  readonly wilayaNumber: string;
  readonly sex: string;
  /** `0-5`, `6-11`, `12-17`, `18-59` or `60+`. */
  readonly ageBand: string;
  readonly hasDisability: boolean;
  /** The day it is due, as in `2026-03-31`. */
  readonly dueOn: string;
}

/** Which fund carries each line, in the order of the lines; null where none can. And the funds as they are afterwards. */
export interface Drawing {
  readonly fundIds: (string | null)[];
  readonly funds: FundToDraw[];
}
