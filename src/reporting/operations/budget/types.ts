/** One fund in one month; after this one, what is foreseen. */
export interface BudgetRow {
  /** Null: what no fund is left for. */
  readonly fundId: string | null;
  /** `YYYY-MM` */
  readonly month: string;
  /** At the end of the month, or now; null in months to come. */
  readonly available: string | null;
  readonly committed: string | null;
  /** Within the month. */
  readonly released: string | null;
  readonly paid: string | null;
  readonly fees: string | null;
  /** What plans will want of the fund; null in months that are over. */
  readonly expected: string | null;
  /** What is available after that. */
  readonly left: string | null;
}
export const budgetColumns = ['fundId', 'month', 'available', 'committed', 'released', 'paid', 'fees', 'expected', 'left'] as const;

/** What moved in a fund in a month, signed as the view shows it. */
export interface BudgetMove {
  readonly fundId: string;
  readonly figure: 'available' | 'committed' | 'released' | 'paid' | 'fees';
  readonly month: string;
  readonly amount: string;
}

/** What falls due in a month. */
export interface Need {
  readonly month: string;
  readonly amount: string;
}

/** When a fund cannot pay for all that is wanted of it. */
export interface RunsDry {
  readonly fundId: string;
  readonly month: string;
}
