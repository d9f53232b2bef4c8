import type { FollowUp } from '../../platform/index.ts';

/** The job that follows a programme's new last day. */
export const FOLLOW_END = 'assistance.follow_end';

/** What follows when a programme ends on another day than it did. @param was its last day before, ISO 8601 */
export const followEndSoon = (programmeId: string, was: string): FollowUp => ({ job: FOLLOW_END, payload: { programmeId, was } });
