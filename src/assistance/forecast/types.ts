import type { Amount } from '../plan-base.ts';

/** What falls due in a month. */
export interface ForecastMonth {
  /** `YYYY-MM` */
  readonly month: string;
  /** In instalments that were made out. */
  readonly madeOut: Amount;
  readonly instalments: number;
  /** What is still to be made out if everything stays as it is. */
  readonly expected: Amount;
}
