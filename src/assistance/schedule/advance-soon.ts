import type { FollowUp } from '../../platform/index.ts';

/** The job that takes one plan as far as it goes now. */
export const ADVANCE = 'assistance.advance';

/** What follows a command that leaves a plan something to make out or to settle. */
export const advanceSoon = (planId: string): FollowUp => ({ job: ADVANCE, payload: { planId } });
