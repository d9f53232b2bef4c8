import type { ExceptionKind, Stated } from '../types.ts';

export type ExceptionState = 'open' | 'proposed' | 'resolved';

/** What somebody decides alone: nothing is posted. */
export const plainResolutions = ['accepted', 'post_error', 'our_error', 'duplicate_line'] as const;

export type PlainResolution = (typeof plainResolutions)[number];

/** What one person proposes and another approves, and what resolves the exception: it posts, or says that a line of the bank is of nobody here. */
export const postedResolutions = ['claim_on_post', 'write_off', 'cash_recovered', 'returned_by_bank', 'not_ours'] as const;

export type PostedResolution = (typeof postedResolutions)[number];

/** How a claim ends. It takes two people as well. */
export const claimEndings = ['claim_recovered', 'claim_repaid', 'claim_withdrawn'] as const;

export type ClaimEnding = (typeof claimEndings)[number];

export type DecisionKind = PostedResolution | ClaimEnding | 'reopening';

/** `superseded`: a later run of matching found no reason for it any more, or the statement that showed it was withdrawn. */
export type Resolution = PlainResolution | PostedResolution | 'superseded';

/** Something that does not agree and waits for, or had, somebody's decision. */
export interface StatementException {
  readonly id: string;
  readonly programmeId: string;
  readonly statementId: string | null;
  readonly kind: ExceptionKind;
  readonly detail: string;
  readonly state: ExceptionState;
  readonly ownerId: string | null;
  readonly dueOn: string;
  readonly overdue: boolean;
  /** Days since it was opened, in the programme's time zone; until it was resolved, where it is. */
  readonly ageDays: number;
  readonly officeId: string | null;
  /** What is at stake, as far as it was known when it was opened. */
  readonly amount: Stated | null;
  readonly line: {
    readonly row: number;
    readonly kind: 'payment' | 'reversal' | 'fee' | 'deposit' | 'deposit_reversal';
    readonly reference: string;
    readonly serial: string | null;
    readonly amount: Stated;
    readonly officeCode: string | null;
    readonly paidOn: string;
  } | null;
  readonly payoutId: string | null;
  readonly record: { readonly type: string; readonly id: string } | null;
  readonly resolution: Resolution | null;
  readonly note: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: string | null;
  readonly openedAt: string;
  readonly version: number;
}

/** What one person proposed of an exception, and what another said. */
export interface Decision {
  readonly id: string;
  readonly exceptionId: string;
  readonly kind: DecisionKind;
  readonly amount: Stated | null;
  readonly fundId: string | null;
  readonly officeId: string | null;
  readonly reference: string | null;
  readonly note: string;
  readonly state: 'proposed' | 'approved' | 'refused';
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly decisionNote: string | null;
  /** The reopening that took it back. */
  readonly undoneBy: string | null;
}

/** What the post is asked to give back, or to prove. */
export interface Claim {
  readonly id: string;
  readonly exceptionId: string;
  readonly programmeId: string;
  readonly fundId: string;
  readonly officeId: string;
  readonly payoutId: string;
  readonly amount: Stated;
  readonly state: 'open' | 'recovered' | 'repaid' | 'withdrawn' | 'undone';
  readonly openedAt: string;
  readonly endedAt: string | null;
}

export interface Attachment {
  readonly id: string;
  readonly title: string;
  /** A URI, or the number under which an archive keeps it. */
  readonly location: string;
  readonly sha256: string | null;
  readonly addedBy: string;
  readonly addedAt: string;
  readonly removedBy: string | null;
  readonly removedAt: string | null;
  readonly removalReason: string | null;
}

/** One step of an exception's life. */
export interface Step {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly what: string;
  readonly reason: string | null;
  readonly facts: Readonly<Record<string, string | null>>;
}

export interface Comment {
  readonly id: string;
  readonly authorId: string;
  readonly at: string;
  readonly text: string;
}

/** An exception with everything that was done and decided about it; comments are pages of their own. */
export interface ExceptionSheet extends StatementException {
  readonly decisions: Decision[];
  readonly claim: Claim | null;
  readonly attachments: Attachment[];
  readonly history: Step[];
  readonly commentCount: number;
}
