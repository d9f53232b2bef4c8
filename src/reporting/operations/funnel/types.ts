/** The steps from enrolment to cash. */
export const steps = ['enrolled', 'assessed', 'eligible', 'listed', 'approved', 'released', 'sent', 'delivered', 'paid'] as const;
export type Step = (typeof steps)[number];

/** How many came to a step, or did not and why. */
export interface FunnelRow {
  readonly step: Step;
  readonly outcome: 'reached' | 'fell_out' | 'waiting';
  /** Null of those who reached it. */
  readonly reason: string | null;
  /** Different people; null where a figure is of payments alone. */
  readonly people: number | null;
  /** Null before anything is on a list. */
  readonly payments: number | null;
  readonly amount: string | null;
}
export const funnelColumns = ['step', 'outcome', 'reason', 'people', 'payments', 'amount'] as const;

/** So many of a kind, as they are kept. */
export interface FunnelFact {
  readonly measure: 'line' | 'voucher' | 'reached' | 'people';
  /** See migrations/0040_operations.sql. */
  readonly key: string | null;
  readonly listState: string | null;
  readonly count: number;
  readonly amount: string;
}
