import { eachInTurn, type Ground, type Job } from '../../platform/index.ts';
import { type PullOptions, pull } from './pull.ts';
import { dueConnections } from './pull-store.ts';

/** Pulls that were asked for, and those whose turn has come. */
export const koboJobs = (ground: Ground, options: PullOptions): Job[] => [
  { name: 'interop.pull_kobo', run: ({ connectionId = '' }) => pull(ground, connectionId, options) },
  {
    name: 'interop.pull_due',
    everySeconds: 60,
    async run() {
      await eachInTurn(await dueConnections(ground.db, ground.clock.now()), ({ id }) => pull(ground, id, options));
    },
  },
];
