import type { Amount } from '../assistance/index.ts';
import type { CommandContext, FollowUp, Money } from '../platform/index.ts';

export type ListState = 'draft' | 'submitted' | 'approved' | 'released' | 'closed' | 'rejected' | 'cancelled';
export type LineState = 'included' | 'released' | 'returned';
export type AgeBand = '0-5' | '6-11' | '12-17' | '18-59' | '60+';
export type Hand = 'maker' | 'approver' | 'releaser';

/** Why somebody is left out of a list, or returned from it at release. */
export type Reason =
  | 'merged'
  | 'not_theirs'
  | 'not_enrolled'
  | 'no_consent'
  | 'comparison_due'
  | 'duplicate_open'
  | 'paid_as_other_record'
  | 'overlap'
  | 'no_collector';

/** What a list is drawn up from. */
export interface ListSource {
  readonly programmeId: string;
  readonly planId: string;
  readonly fundId: string;
  /** Only people who live there. */
  readonly wilayaNumber?: string | undefined;
}

/** Instalments to be paid together, on the same signatures and from the same fund. */
export interface PaymentList {
  readonly id: string;
  readonly programmeId: string;
  readonly fundId: string;
  readonly planId: string;
  readonly name: string;
  readonly state: ListState;
  readonly lineCount: number;
  readonly total: Amount;
  /** SHA-256 over the frozen lines; null before submission. */
  readonly digest: string | null;
  readonly builtBy: string;
  readonly createdAt: string;
  readonly submittedAt: string | null;
  readonly releasedAt: string | null;
}

export interface WilayaTotal {
  readonly wilayaNumber: string;
  readonly lines: number;
  readonly total: Amount;
}

export interface StateTotal {
  readonly state: LineState;
  readonly lines: number;
  readonly total: Amount;
}

export interface ReasonCount {
  readonly reason: Reason | 'list_cancelled';
  readonly people: number;
}

/** One person's hand in a list. */
export interface Signature {
  readonly userId: string;
  readonly hand: Hand;
  readonly step: number | null;
  readonly at: string;
}

/** An approval step of a list, and how much of it is done. */
export interface SignatureStep {
  readonly step: number;
  readonly role: 'approver';
  readonly signatures: number;
  readonly given: number;
}

/** A list with what somebody who signs it must see. */
export interface PaymentListSheet extends PaymentList {
  readonly byWilaya: WilayaTotal[];
  readonly byState: StateTotal[];
  readonly returned: ReasonCount[];
  readonly signatures: Signature[];
  readonly signaturesNeeded: SignatureStep[];
}

/** One line as it is shown: no name. */
export interface ShownLine {
  readonly id: string;
  readonly position: number;
  readonly registrationNumber: string;
  readonly amount: Amount;
  readonly wilayaNumber: string;
  readonly state: LineState;
  readonly returnReason: string | null;
}

/** A released line, as the vouchers are made from it. */
export interface ReleasedLine {
  readonly id: string;
  readonly beneficiaryId: string;
  readonly collectorId: string;
  readonly amount: Money;
}

/**
 * Makes the vouchers of a list's released lines, in the transaction of the release; a room above does it.
 * @returns what must happen once the release has committed
 */
export type IssueVouchers = (
  context: Pick<CommandContext, 'tx' | 'now' | 'keyRing'>,
  list: { readonly id: string; readonly programmeId: string; readonly fundId: string },
  lines: readonly ReleasedLine[],
) => Promise<readonly FollowUp[]>;
