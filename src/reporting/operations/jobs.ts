import { system } from '../../access/index.ts';
import { eachInTurn, type Ground, type Job } from '../../platform/index.ts';
import { foldOperations, rebuildOperations } from './folding/commands.ts';
import { hasChanges } from './folding/store.ts';
import { forecastOperations } from './forecast/commands.ts';
import { programmesDue } from './forecast/store.ts';

const HOUR_MS = 3_600_000;

/** Keeps the figures that officers look at. */
export const operationsJobs = ({ db, execute, clock }: Pick<Ground, 'db' | 'execute' | 'clock'>): Job[] => [
  {
    name: 'operations.fold',
    everySeconds: 60,
    async run() {
      while ((await hasChanges(db)) && (await execute(foldOperations, {}, { actor: system })));
    },
  },
  {
    name: 'operations.rebuild',
    async run({ programmeId = '' }) {
      await execute(rebuildOperations, { programmeId }, { actor: system });
    },
  },
  {
    name: 'operations.forecast',
    everySeconds: 3_600,
    async run() {
      const now = clock.now();
      const due = await programmesDue(db, now, new Date(now.getTime() - HOUR_MS / 2));
      await eachInTurn(due, (programmeId) => execute(forecastOperations, { programmeId }, { actor: system }));
    },
  },
];
