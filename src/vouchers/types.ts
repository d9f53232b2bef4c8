import type { components } from '../contract/api.ts';
import type { CommandContext, FollowUp, Money, Tx } from '../platform/index.ts';
import type { VoucherState } from './rules.ts';

/** What issuing needs of a command. */
export type IssueContext = Pick<CommandContext, 'tx' | 'now' | 'keyRing'>;

/** The released list that vouchers are issued for. */
export interface IssuedList {
  readonly id: string;
  readonly programmeId: string;
}

/** Released lines of a list: from one position to another, both included, and how many of those were released. */
export interface IssuedLines {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** A voucher as it is shown. Never with its code. */
export interface Voucher {
  readonly id: string;
  readonly serial: string;
  readonly listId: string;
  readonly lineId: string;
  readonly beneficiaryId: string;
  readonly collectorId: string;
  readonly state: VoucherState;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly issuedAt: string;
  readonly activatedAt: string | null;
  readonly expiresAt: string | null;
}

/** Something that two people do to a voucher: one asks for it, another confirms. */
export type VoucherChange = components['schemas']['VoucherChange'];

/** What is asked for. */
export type NewVoucherChange = components['schemas']['NewVoucherChange'];

/** Puts the present code of vouchers on its way to whoever collects them. @returns the work to start once that has committed */
export type SendNewCodes = (tx: Tx, now: Date, voucherIds: readonly string[]) => Promise<readonly FollowUp[]>;

/** A voucher that has just been cancelled. */
export interface CancelledVoucher {
  readonly id: string;
  readonly lineId: string;
  readonly amount: Money;
}

/** What came of cancelling vouchers. */
export interface Cancellation {
  readonly cancelled: readonly CancelledVoucher[];
  /** Those that could not be: paid, expired or cancelled before, or unknown. */
  readonly left: readonly { readonly id: string; readonly state: VoucherState | null }[];
}
