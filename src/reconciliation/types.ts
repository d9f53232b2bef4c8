import type { Money } from '../platform/index.ts';

/** An amount as the API states it. */
export type Stated = ReturnType<Money['toJSON']>;

export const exceptionKinds = [
  'paid_not_in_list',
  'amount_over',
  'amount_under',
  'duplicate_in_file',
  'duplicate_across_files',
  'paid_after_expiry',
  'paid_after_cancel',
  'wrong_collector',
  'wrong_currency',
  'wrong_office',
  'reversed',
  'reversal_without_payment',
  'date_out_of_range',
  'ours_not_in_statement',
  'bank_not_in_statement',
  'needs_another_person',
  'not_received',
  'asked_to_pay',
] as const;

export type ExceptionKind = (typeof exceptionKinds)[number];

/** What does not agree, and about which line or pay-out. */
export interface Finding {
  readonly kind: ExceptionKind;
  readonly detail: string;
  readonly lineId: string | null;
  readonly payoutId: string | null;
  /** Another record of ours that it is about, a settlement for instance. */
  readonly record?: { readonly type: string; readonly id: string } | undefined;
}

/** How an exception may move; the database holds the same list. */
export const exceptionTransitions = ['open>resolved', 'open>proposed', 'proposed>open', 'proposed>resolved', 'resolved>open'] as const;
