import type { Amount } from '../../assistance/index.ts';
import type { Tx } from '../../platform/index.ts';

/** What becomes of the instalments of cancelled lines: another list can pay them, or none does. */
export type Instalments = 'free' | 'withdrawn';

/** Lines of a released list that shall not be paid any more. */
export interface Cancellation {
  readonly id: string;
  readonly listId: string;
  /** Whether it is of whatever is unpaid when it is carried out. */
  readonly whole: boolean;
  readonly instalments: Instalments;
  readonly reason: string;
  readonly state: 'proposed' | 'confirmed' | 'done' | 'withdrawn';
  /** What was unpaid of them when it was proposed. */
  readonly lineCount: number;
  readonly total: Amount;
  /** What has been cancelled of that so far. */
  readonly cancelled: { readonly lines: number; readonly total: Amount };
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly finishedAt: string | null;
}

/**
 * Makes vouchers worth nothing and gives their money back to their funds, in the transaction of whoever asks; a room above does it.
 * @returns those that it cancelled; any other was paid, or over, at that moment
 */
export type CancelVouchers = (
  context: { readonly tx: Tx; readonly now: Date },
  voucherIds: readonly string[],
) => Promise<{ readonly cancelled: readonly { readonly id: string }[] }>;
