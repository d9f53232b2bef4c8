import type { DuplicateCheck } from '../beneficiaries/index.ts';
import type { FollowUp, Job } from '../platform/index.ts';

const JOB = 'intake.compare_entered';

/**
 * The comparison with everybody of people who came by a public door. It follows out of sight: the time of an answer must not tell
 * whether somebody like them was there before.
 */
export const comparisonOf = (beneficiaryIds: readonly string[]): FollowUp => ({
  job: JOB,
  payload: { beneficiaryIds: beneficiaryIds.join(',') },
});

/** The job that {@link comparisonOf} asks for. */
export const comparingJob = (duplicates: DuplicateCheck): Job => ({
  name: JOB,
  async run({ beneficiaryIds = '' }) {
    await duplicates.compare(beneficiaryIds.split(','));
  },
});
