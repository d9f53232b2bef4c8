import type { CommandContext, Money } from '../platform/index.ts';
import type { VoucherState } from './rules.ts';

/** What issuing needs of a command. */
export type IssueContext = Pick<CommandContext, 'tx' | 'now' | 'keyRing'>;

/** The released list that vouchers are issued for. */
export interface IssuedList {
  readonly id: string;
  readonly programmeId: string;
  readonly fundId: string;
}

/** A released line: who it is for, who may collect, how much. */
export interface IssuedLine {
  readonly id: string;
  readonly beneficiaryId: string;
  readonly collectorId: string;
  readonly amount: Money;
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
