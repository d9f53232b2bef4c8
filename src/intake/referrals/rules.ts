import type { EnrolmentState } from '../../beneficiaries/index.ts';
import type { RateLimit } from '../../platform/index.ts';
import type { Referral } from './types.ts';

/** How often one key may be used. */
export const rates = {
  requests: { name: 'referral-requests', points: 300, seconds: 60 },
  people: { name: 'referral-people', points: 20_000, seconds: 86_400 },
} as const satisfies Record<string, RateLimit>;

/** What is known of somebody who was referred; of the record that goes on, where theirs was merged. */
export interface Known {
  readonly state: EnrolmentState;
  readonly isBeingCompared: boolean;
  /** Whether they must be verified and never were. */
  readonly isUnverified: boolean;
  readonly isMerged: boolean;
  readonly sharesWithPartners: boolean;
}

/**
 * What the partner is told. Who turned out to be registered already is shown as they stand if they agreed that partners know, and otherwise
 * as not accepted, which is what a refusal looks like: a referral is no way to ask who is there.
 */
export function statusOf({ state, isBeingCompared, isUnverified, isMerged, sharesWithPartners }: Known): Referral['status'] {
  if (isMerged && !sharesWithPartners) return 'not_accepted';
  switch (state) {
    case 'applicant':
      return isBeingCompared ? 'received' : 'being_checked';
    case 'enrolled':
    case 'suspended':
      return 'enrolled';
    case 'exited':
      return isUnverified ? 'not_accepted' : 'exited';
    case 'merged':
      return 'not_accepted';
  }
}
