import { eachInTurn, type Ground, type Job } from '../platform/index.ts';
import { warnOfEndingKey } from './commands/key-use.ts';
import { keysToWarnOf } from './key-alerts.ts';
import { system } from './system.ts';

/** What is done about keys though nobody asks. */
export const keyJobs = ({ db, clock, execute }: Ground): Job[] => [
  {
    name: 'access.warn_of_ending_keys',
    everySeconds: 3600,
    async run() {
      await eachInTurn(await keysToWarnOf(db, clock.now()), (keyId) => execute(warnOfEndingKey, { keyId }, { actor: system }));
    },
  },
];
