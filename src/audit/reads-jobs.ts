import type { Clock, Database, Job } from '../platform/index.ts';
import { forgetReadCounts } from './reads-store.ts';

/** Counts older than a day say nothing any more. */
export const readJobs = (database: Database, clock: Clock): Job[] => [
  {
    name: 'audit.forget_read_counts',
    everySeconds: 3600,
    async run() {
      await database.transaction((tx) => forgetReadCounts(tx, new Date(clock.now().getTime() - 86_400_000)));
    },
  },
];
