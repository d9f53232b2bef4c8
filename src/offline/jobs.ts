import { system } from '../access/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import { endPack } from './commands/end-pack.ts';
import { packsPastGrace } from './store/packs.ts';

export const offlineJobs = ({ db, execute, clock }: Ground): Job[] => [
  {
    name: 'offline.end_packs',
    everySeconds: 60,
    async run() {
      for (const packId of await packsPastGrace(db, clock.now())) await execute(endPack, { packId }, { actor: system });
    },
  },
];
