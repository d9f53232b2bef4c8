/** Exceptions that nobody has resolved yet. */
export interface ExceptionsRow {
  readonly kind: string;
  /** Days since it was opened. */
  readonly ageBand: '0-7' | '8-14' | '15-30' | '31+';
  readonly exceptions: number;
  readonly withoutOwner: number;
  /** Whose day by which they were to be dealt with is over. */
  readonly overdue: number;
  /** Of the pay-outs, or where there are none of the statement's lines. */
  readonly amount: string;
}
export const exceptionsColumns = ['kind', 'ageBand', 'exceptions', 'withoutOwner', 'overdue', 'amount'] as const;
