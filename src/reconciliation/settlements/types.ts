import type { Stated } from '../types.ts';

export type SettlementState = 'draft' | 'submitted' | 'approved' | 'instructed' | 'paid' | 'returned' | 'rejected' | 'cancelled';

/** What somebody did to a settlement. */
export interface SettlementStep {
  readonly step: 'drafted' | 'submitted' | 'approved' | 'rejected' | 'instructed' | 'paid' | 'returned' | 'cancelled';
  readonly by: string;
  readonly at: string;
  readonly note: string | null;
}

/** One transfer to the post, out of one fund. */
export interface Settlement {
  readonly id: string;
  readonly programmeId: string;
  readonly fundId: string;
  /** The end-to-end identifier that we give and the bank quotes. */
  readonly reference: string;
  readonly state: SettlementState;
  readonly amount: Stated;
  /** The days whose pay-outs it pays for. */
  readonly from: string;
  readonly to: string;
  readonly invoiceId: string | null;
  readonly madeBy: string;
  readonly madeAt: string;
  /** What the bank calls the transfer, once it has paid. */
  readonly bankReference: string | null;
  readonly paidAt: string | null;
  /** The line of the bank's statement that says so. */
  readonly bankLine: string | null;
}

/** What one office has of a settlement. */
export interface SettlementLine {
  readonly position: number;
  readonly officeId: string;
  readonly officeCode: string;
  readonly principal: Stated;
  readonly fee: Stated;
}

/** Whether our pay-outs, the post's paper and the bank's say the same. */
export interface ThreeWays {
  readonly closed: boolean;
  readonly missing: ('payment' | 'bank_line' | 'payouts' | 'post')[];
  /** Our pay-outs that stand, of its days, its fund and its offices. */
  readonly ours: { readonly payoutCount: number; readonly amount: Stated };
  /** Those of them that a statement of the post lists, and whether its invoice was agreed to. */
  readonly post: { readonly payoutCount: number; readonly amount: Stated; readonly invoiceState: string | null };
  readonly bank: { readonly lineId: string; readonly reference: string; readonly bookedOn: string } | null;
}

/** A settlement with everything that is known of it. */
export interface SettlementSheet extends Settlement {
  readonly lines: SettlementLine[];
  readonly steps: SettlementStep[];
  readonly order: { readonly executeOn: string; readonly digest: string; readonly termsVersion: number } | null;
  readonly threeWays: ThreeWays;
}
