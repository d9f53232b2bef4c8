import type { Amount } from '../../assistance/index.ts';
import type { SigningRole } from './rules.ts';

export type Hand = 'maker' | 'approver' | 'rejecter' | 'releaser';

/** One person's hand in a list. */
export interface Signature {
  readonly userId: string;
  /** In whose place, when a deputy gave it. */
  readonly forUserId: string | null;
  readonly hand: Hand;
  readonly step: number | null;
  readonly role: SigningRole | null;
  readonly at: string;
}

/** What a list was each time that it was submitted, who signed that, and who gave it back and why. */
export interface Round {
  readonly round: number;
  readonly digest: string;
  readonly programmeVersion: number;
  readonly kinds: string[];
  readonly lineCount: number;
  readonly total: Amount;
  readonly submittedBy: string;
  readonly submittedAt: string;
  readonly signatures: Signature[];
  readonly rejection: { readonly userId: string; readonly at: string; readonly reason: string } | null;
}

/** A list that waits for somebody's signature. */
export interface AwaitedSignature {
  readonly listId: string;
  readonly programmeId: string;
  readonly name: string;
  readonly lineCount: number;
  readonly total: Amount;
  readonly digest: string;
  readonly step: number;
  readonly role: SigningRole;
  /** Since when the step is open. */
  readonly since: string;
  /** In whose place; null where they sign in their own right. */
  readonly forUserId: string | null;
}

/** A period in which somebody signs in another's place. */
export interface Delegation {
  readonly id: string;
  readonly userId: string;
  readonly deputyId: string;
  readonly role: SigningRole;
  readonly programmeId: string | null;
  readonly fundId: string | null;
  readonly startsAt: string;
  readonly endsAt: string;
  /** When it was ended before its time. */
  readonly endedAt: string | null;
}
