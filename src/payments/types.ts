import type { Amount } from '../assistance/index.ts';
import type { Sex } from '../beneficiaries/index.ts';
import type { CommandContext, FollowUp, Money } from '../platform/index.ts';
import type { Kind } from '../programmes/index.ts';
import type { StepGiven } from './approvals/rules.ts';
import type { Signature } from './approvals/types.ts';
import type { ShownDetail } from './overlap/index.ts';

export type ListState = 'building' | 'draft' | 'submitted' | 'approved' | 'releasing' | 'released' | 'closed' | 'cancelled';
export type LineState = 'included' | 'held' | 'released' | 'returned' | 'cancelled';
export type AgeBand = '0-5' | '6-11' | '12-17' | '18-59' | '60+';

/** Why somebody is left out of a list, or returned from it at release. */
export type Reason =
  | 'merged'
  | 'not_theirs'
  | 'source_cancelled'
  | 'not_enrolled'
  | 'no_consent'
  | 'comparison_due'
  | 'duplicate_open'
  | 'paid_as_other_record'
  | 'told_paid'
  | 'overlap'
  | 'limit_person'
  | 'limit_household'
  | 'no_collector'
  | 'no_fund';

/** People who came together: those of one registration file, or those registered between two days (inclusive, in the programme's time zone). */
export type Cohort = { readonly registrationFileId: string } | { readonly registeredFrom: string; readonly registeredTo: string };

/** What a list is drawn up from, among everything that is due in its programme. What is left out does not narrow it. */
export interface ListFilter {
  readonly kind?: Kind;
  readonly planIds?: string[];
  /** Only people who live there. */
  readonly wilayaNumber?: string;
  /** Only people whose office this is: of their commune, or else of their wilaya. */
  readonly officeId?: string;
  readonly cohort?: Cohort;
  /** The funds that may pay; all of the programme's unless given. */
  readonly fundIds?: string[];
  /** Only what the lines of this list were for that did not pay it: those that were returned, held back or cancelled. */
  readonly fromListId?: string;
}

export interface ListSource extends ListFilter {
  readonly programmeId: string;
}

/** What a list draws from a fund. */
export interface FundTotal {
  readonly fundId: string;
  readonly lines: number;
  readonly total: Amount;
}

/** Instalments of one programme to be paid together, on the same signatures. */
export interface PaymentList {
  readonly id: string;
  readonly programmeId: string;
  readonly name: string;
  readonly source: ListFilter;
  readonly state: ListState;
  /** Of the lines that are not held back, like the total. */
  readonly lineCount: number;
  readonly total: Amount;
  readonly funds: FundTotal[];
  /** SHA-256 over the frozen lines; null before submission. */
  readonly digest: string | null;
  /** The version of the programme whose terms it stays under; null before submission. */
  readonly programmeVersion: number | null;
  /** How often it has been submitted, or will have been when it is next. */
  readonly round: number;
  readonly builtBy: string;
  readonly createdAt: string;
  readonly submittedAt: string | null;
  readonly releasedAt: string | null;
  readonly closedAt: string | null;
}

/** How many lines share something, and what they add up to. */
interface Counted {
  readonly lines: number;
  readonly total: Amount;
}

/** What the lines of a list that are not held back add up to. */
export interface ControlTotals {
  readonly byKind: (Counted & { readonly kind: Kind })[];
  readonly byPlan: (Counted & { readonly planId: string })[];
  readonly byWilaya: (Counted & { readonly wilayaNumber: string })[];
  readonly bySexAndAge: (Counted & { readonly sex: Sex; readonly ageBand: AgeBand })[];
  /** Of every line. */
  readonly byState: (Counted & { readonly state: LineState })[];
  readonly returned: ReasonCount[];
  /** Of the instalments that were due when it was built. */
  readonly leftOut: ReasonCount[];
}

/** How far a list that is being built or released has come. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

export interface ReasonCount {
  readonly reason: Reason | 'list_cancelled';
  readonly people: number;
}

/** A list with what somebody who signs it must see. */
export interface PaymentListSheet extends PaymentList, ControlTotals {
  /** Null when nothing is under way. */
  readonly progress: Progress | null;
  readonly signatures: Signature[];
  readonly signaturesNeeded: StepGiven[];
}

/** One line as it is shown: no name. */
export interface ShownLine {
  readonly id: string;
  readonly position: number;
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly planId: string;
  readonly kind: Kind;
  readonly fundId: string;
  readonly amount: Amount;
  readonly wilayaNumber: string;
  readonly state: LineState;
  readonly returnReason: string | null;
  readonly returnDetail: ShownDetail | null;
  readonly heldReason: string | null;
  readonly heldBy: string | null;
}

/** Somebody who was left out of a list, and why. */
export interface LeftOut {
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly instalmentId: string;
  readonly planId: string;
  readonly kind: Kind;
  readonly amount: Amount;
  readonly reason: Reason;
  /** What an overlap or a limit is about. */
  readonly detail: ShownDetail | null;
}

/** A part of a list: its lines from one position to another, both included. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** What a part of a list released and returned, of one fund. */
export interface Settled {
  readonly fundId: string;
  /** How many lines were released. */
  readonly lines: number;
  readonly released: Money;
  readonly returned: Money;
}

/** What a room above does with what a list releases. */
export interface IssueVouchers {
  /** Makes the vouchers of the released lines of a part, of which there are so many, in the transaction that released them. */
  part(
    context: Pick<CommandContext, 'tx' | 'now' | 'keyRing'>,
    list: Pick<PaymentList, 'id' | 'programmeId'>,
    lines: Part & { readonly count: number },
  ): Promise<void>;
  /** What must happen once all of a list is released. */
  whenReleased(listId: string): readonly FollowUp[];
}
