import { system } from '../access/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import { lookForSignals } from './commands/look.ts';
import { hasNews } from './progress-store.ts';

/** Looks for fraud in what came in. */
export const signalJobs = ({ db, execute }: Ground): Job[] => [
  {
    name: 'signals.look',
    everySeconds: 300,
    async run() {
      while ((await hasNews(db)) && (await execute(lookForSignals, {}, { actor: system })));
    },
  },
];
