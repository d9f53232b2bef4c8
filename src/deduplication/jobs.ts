import { system } from '../access/index.ts';
import { type DuplicateCheck, programmesWithOldKeys } from '../beneficiaries/index.ts';
import { eachInTurn, type Ground, type Job, type Logger } from '../platform/index.ts';
import type { PairName } from './decision-store.ts';
import { overdue } from './due.ts';
import { countProgrammeNames, grownProgrammes } from './name-frequencies.ts';
import { Profiles } from './profiles.ts';
import { peopleAfter, recompareAfter } from './recomparing.ts';
import { endRehearsal } from './rehearsal.ts';
import { leftRehearsals } from './rehearsal-store.ts';
import { renewAll } from './renewing.ts';
import { type Rescored, rescorePairs } from './rescoring.ts';

/** Whoever has waited longer than this to be compared was left by a process that ended. */
const PATIENCE_MS = 15_000;
const SWEEP_SECONDS = 10;
const SWEEP_BATCH = 1_000;
/** No dry run of a file lasts so long: a rehearsal that began before was left by a process that ended. */
const REHEARSAL_MS = 24 * 3_600_000;
/** So many people are compared again before it is written down how far that has come. */
const SLICE = 500;

/** The background work of this room. */
export function deduplicationJobs({ db, execute, keyRing, clock }: Ground, duplicates: DuplicateCheck, logger: Logger): Job[] {
  const rescoreNext = rescorePairs(new Profiles(keyRing));
  const asSystem = { actor: system };

  /** Compares people together, or, when that fails, one by one, so that one who cannot be compared keeps nobody else waiting. @returns who failed */
  async function compareAll(beneficiaryIds: readonly string[]): Promise<string[]> {
    try {
      await duplicates.compare(beneficiaryIds);
      return [];
    } catch (error) {
      if (beneficiaryIds.length > 1) {
        const failed: string[] = [];
        for (const id of beneficiaryIds) failed.push(...(await compareAll([id])));
        return failed;
      }
      logger.error({ err: error, beneficiaryId: beneficiaryIds[0] }, 'somebody could not be compared with the others');
      return [...beneficiaryIds];
    }
  }

  return [
    {
      name: 'deduplication.sweep',
      everySeconds: SWEEP_SECONDS,
      async run() {
        const failed: string[] = [];
        for (;;) {
          const left = await overdue(
            db,
            new Date(clock.now().getTime() - PATIENCE_MS),
            SWEEP_BATCH,
            failed,
            await programmesWithOldKeys(db),
          );
          if (left.length === 0) break;
          failed.push(...(await compareAll(left)));
        }
        await eachInTurn(await grownProgrammes(db), (programmeId) => execute(countProgrammeNames, { programmeId }, asSystem));
      },
    },
    {
      name: 'deduplication.forget_rehearsals',
      everySeconds: 3_600,
      async run() {
        const left = await leftRehearsals(db, new Date(clock.now().getTime() - REHEARSAL_MS));
        await eachInTurn(left, (rehearsalId) => execute(endRehearsal, { rehearsalId }, asSystem));
      },
    },
    {
      name: 'deduplication.rescore',
      async run({ programmeId = '' }, closing) {
        await duplicates.ready(programmeId, closing);
        let after: PairName | null = null;
        do {
          const { last }: Rescored = await execute(rescoreNext, { programmeId, after }, asSystem);
          after = last;
        } while (after);
        await execute(recompareAfter, { programmeId }, asSystem);
      },
    },
    {
      name: 'deduplication.recompare',
      async run({ programmeId = '', after }, closing) {
        await duplicates.ready(programmeId, closing);
        const ids = await peopleAfter(db, programmeId, after, SLICE);
        await compareAll(ids);
        const last = ids.at(-1);
        if (last && ids.length === SLICE) await execute(recompareAfter, { programmeId, after: last }, asSystem);
      },
    },
    {
      name: 'deduplication.renew_keys',
      everySeconds: SWEEP_SECONDS,
      async run(_payload, closing) {
        for (const programmeId of await programmesWithOldKeys(db)) {
          const unopened = await renewAll({ db, execute }, programmeId, closing);
          for (const beneficiaryId of unopened)
            logger.error({ beneficiaryId }, 'somebody could not be opened and has no keys to be compared by');
        }
      },
    },
  ];
}
