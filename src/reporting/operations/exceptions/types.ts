/** Exceptions that nobody has resolved yet. */
export interface ExceptionsRow {
  readonly kind: string;
  /** Days since it was opened. */
  readonly ageBand: '0-7' | '8-14' | '15-30' | '31+';
  /** Of what is at stake; the programme's where nothing is. */
  readonly currency: string;
  readonly exceptions: number;
  readonly withoutOwner: number;
  /** Whose day by which they were to be dealt with is over. */
  readonly overdue: number;
  /** What is at stake in them. */
  readonly amount: string;
}
export const exceptionsColumns = ['kind', 'ageBand', 'exceptions', 'withoutOwner', 'overdue', 'amount', 'currency'] as const;
