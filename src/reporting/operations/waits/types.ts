export type WaitsBy = 'wilaya' | 'office' | 'month' | 'programme';

/** How long people waited for their cash, from the last signature on their list. */
export interface WaitsRow {
  readonly wilayaNumber: string | null;
  readonly officeId: string | null;
  /** `YYYY-MM`, of the day that they were paid. */
  readonly month: string | null;
  /** Pay-outs that stand. */
  readonly payments: number;
  /** In days, the end of the part of a day or the day in which it lies: never too short. */
  readonly medianDays: number;
  readonly p90Days: number;
}
export const waitsColumns = ['wilayaNumber', 'officeId', 'month', 'payments', 'medianDays', 'p90Days'] as const;
