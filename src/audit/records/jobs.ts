import { system } from '../../access/index.ts';
import { type Ground, Interrupted, type Job } from '../../platform/index.ts';
import { idAt, SETTLED_MS } from './rules.ts';
import { sealRecords } from './seal-records.ts';
import { lastOfNext, lastSeal } from './store.ts';
import { recordTables } from './types.ts';

/** Seals who looked, and alerts, some time after they were written. A quarter of an hour in which there were none leaves no event. */
export const recordJobs = ({ db, execute, clock }: Pick<Ground, 'db' | 'execute' | 'clock'>): Job[] => [
  {
    name: 'audit.seal_records',
    everySeconds: 900,
    async run(_payload, closing) {
      for (const records of recordTables) {
        const before = idAt(new Date(clock.now().getTime() - SETTLED_MS));
        const isThere = await lastOfNext(db, records, (await lastSeal(db, records))?.upTo ?? null, before, 1);
        if (!isThere) continue;
        while (await execute(sealRecords, { records }, { actor: system })) if (closing?.aborted) throw new Interrupted();
      }
    },
  },
];
