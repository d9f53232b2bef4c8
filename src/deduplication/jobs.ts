import { system } from '../access/index.ts';
import type { DuplicateCheck } from '../beneficiaries/index.ts';
import { type Ground, type Job, sql } from '../platform/index.ts';
import type { PairName } from './decision-store.ts';
import { overdue } from './due.ts';
import { countProgrammeNames, hasGrown } from './name-frequencies.ts';
import { Profiles } from './profiles.ts';
import { type Rescored, rescorePairs } from './rescoring.ts';

/** Whoever has waited longer than this to be compared was left by a process that ended. */
const PATIENCE_MS = 15_000;
const SWEEP_SECONDS = 10;
const SWEEP_BATCH = 1_000;

/** The background work of this room. */
export function deduplicationJobs({ db, execute, keyRing, clock }: Ground, duplicates: DuplicateCheck): Job[] {
  const rescoreNext = rescorePairs(new Profiles(keyRing));
  const asSystem = { actor: system };
  return [
    {
      name: 'deduplication.sweep',
      everySeconds: SWEEP_SECONDS,
      async run() {
        for (;;) {
          const left = await overdue(db, new Date(clock.now().getTime() - PATIENCE_MS), SWEEP_BATCH);
          if (left.length === 0) break;
          await duplicates.compare(left);
        }
        for (const { id } of await db.all<{ id: string }>(sql`select id from programmes`)) {
          if (await hasGrown(db, id)) await execute(countProgrammeNames, { programmeId: id }, asSystem);
        }
      },
    },
    {
      name: 'deduplication.rescore',
      async run({ programmeId = '' }) {
        let after: PairName | null = null;
        do {
          const { last }: Rescored = await execute(rescoreNext, { programmeId, after }, asSystem);
          after = last;
        } while (after);
      },
    },
  ];
}
