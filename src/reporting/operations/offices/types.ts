export type LoadBy = 'office' | 'day' | 'hour';

/** What offices paid and took back. */
export interface OfficeLoadRow {
  readonly officeId: string | null;
  readonly officeCode: string | null;
  readonly day: string | null;
  /** 0 to 23, by the programme's clock. */
  readonly hour: number | null;
  /** As they were made: those that were voided since count too. */
  readonly payouts: number;
  readonly amount: string;
  /** On the day that they were voided; null by the hour. */
  readonly voids: number | null;
  readonly voidedAmount: string | null;
  readonly wrongCodes: number | null;
  /** Times that somebody was sent away because the office had no cash. */
  readonly withoutCash: number | null;
  /** What an office may pay in a day; null where it has no such bound, or nothing is said of offices. */
  readonly dayLimit: string | null;
  /** What it has paid today towards that, of every programme. */
  readonly paidToday: string | null;
  readonly hasCash: boolean | null;
}
export const officeLoadColumns = [
  'officeId',
  'officeCode',
  'day',
  'hour',
  'payouts',
  'amount',
  'voids',
  'voidedAmount',
  'wrongCodes',
  'withoutCash',
  'dayLimit',
  'paidToday',
  'hasCash',
] as const;
