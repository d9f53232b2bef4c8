import type { DuplicateCheck } from '../beneficiaries/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import { overdue } from './due.ts';

/** Whoever has waited longer than this to be compared was left by a process that ended. */
const PATIENCE_MS = 15_000;
const SWEEP_SECONDS = 10;
const SWEEP_BATCH = 1_000;

/** The background work of this room. */
export const deduplicationJobs = ({ db, clock }: Ground, duplicates: DuplicateCheck): Job[] => [
  {
    name: 'deduplication.sweep',
    everySeconds: SWEEP_SECONDS,
    async run() {
      for (;;) {
        const left = await overdue(db, new Date(clock.now().getTime() - PATIENCE_MS), SWEEP_BATCH);
        if (left.length === 0) return;
        await duplicates.compare(left);
      }
    },
  },
];
