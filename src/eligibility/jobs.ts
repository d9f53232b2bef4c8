import { system } from '../access/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import { assessNext } from './run-commands.ts';

const BATCH_PEOPLE = 1_000;

/** The background work of this room: runs, each batch in a command of its own, so that a run that was killed goes on where it was. */
export const eligibilityJobs = ({ execute }: Pick<Ground, 'execute'>, batch = BATCH_PEOPLE): Job[] => [
  {
    name: 'eligibility.assess',
    async run({ runId = '' }) {
      while (await execute(assessNext, { runId, batch }, { actor: system }));
    },
  },
];
