import type { Registration } from '../../beneficiaries/index.ts';
import type { Db, Text } from '../../platform/index.ts';

/** A person as a partner refers them. */
export interface NewReferral {
  /** The partner's own reference, which names nobody. */
  readonly reference: string;
  readonly registration: Registration;
}

/** Where somebody stands, as the partner who referred them is told. */
export interface Referral {
  readonly reference: string;
  readonly status: 'received' | 'being_checked' | 'enrolled' | 'exited' | 'not_accepted';
  /** Whether they were paid; null where they do not consent to partners knowing. */
  readonly assisted: boolean | null;
  readonly referredAt: string;
}

/** What is wrong with a referral, and where in it. */
export interface Wrong {
  readonly pointer: string;
  readonly detail: Text | string;
}

/** What became of one of several. */
export interface ReferralResult {
  readonly index: number;
  readonly reference?: string;
  readonly outcome: 'received' | 'received_before' | 'refused';
  readonly errors?: Wrong[];
}

/** One of several as it came: a referral, or what is wrong with its form. */
export type Submitted = { readonly referral: NewReferral } | { readonly reference: string | undefined; readonly faults: readonly Wrong[] };

/** Which of these people have been paid. Payments are made in rooms above this one, which lend this look. */
export type PaidAmong = (db: Db, beneficiaryIds: readonly string[]) => Promise<ReadonlySet<string>>;
