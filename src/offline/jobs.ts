import { system } from '../access/index.ts';
import { eachInTurn, type Ground, type Job } from '../platform/index.ts';
import { endPack } from './commands/end-pack.ts';
import { packsPastGrace } from './store/packs.ts';

export const offlineJobs = ({ db, execute, clock }: Ground): Job[] => [
  {
    name: 'offline.end_packs',
    everySeconds: 60,
    async run() {
      await eachInTurn(await packsPastGrace(db, clock.now()), (packId) => execute(endPack, { packId }, { actor: system }));
    },
  },
];
