import { system } from '../access/index.ts';
import { type Db, type Ground, Interrupted, type Job } from '../platform/index.ts';
import type { Category } from './category.ts';
import { findErasure } from './erasure-store.ts';
import { appendToJournal, lineOf } from './journal.ts';
import { beginRetention, endRetention, retainBatch } from './retention-commands.ts';
import { findRunning, nextDue } from './retention-store.ts';
import { type Task, tasksAt } from './schedule.ts';

const HOUR_S = 3_600;
const asSystem = { actor: system };

/**
 * The work of this room: the day's run of the retention schedule, which goes on wherever it was left, and the journal.
 * @param journal the file that erasures are written to
 */
export const privacyJobs = (ground: Ground, known: readonly Category[], journal: string): Job[] => [
  {
    name: 'privacy.run_retention',
    // It asks every hour, and once a day there is something to do.
    everySeconds: HOUR_S,
    run: (_payload, closing) => runRetention(ground, known, closing),
  },
  {
    name: 'privacy.note_erasure',
    async run({ erasureId = '' }) {
      const erasure = await findErasure(ground.db, erasureId);
      if (erasure?.state === 'done') await appendToJournal(journal, lineOf(erasure));
    },
  },
];

// A day on which nothing is due leaves no run and no event.
async function runRetention({ db, execute, clock }: Ground, known: readonly Category[], closing?: AbortSignal): Promise<void> {
  const now = clock.now();
  const tasks = await tasksAt(db, known, now);
  if (!(await findRunning(db)) && !(await isAnyDue(db, tasks))) return;
  const begun = await execute(beginRetention, { day: now.toISOString().slice(0, 10) }, asSystem);
  if (!begun) return;
  const { runId } = begun;
  for (const { category, programmeId, before } of tasks) {
    while ((await nextDue(db, category.due({ programmeId, before }), runId, 1)).length > 0) {
      if (closing?.aborted) throw new Interrupted();
      const { dropped, refused } = await execute(retainBatch(category), { runId, programmeId, before }, asSystem);
      // Somebody else was faster, or what was due is due no longer.
      if (dropped + refused === 0) break;
    }
  }
  await execute(endRetention, { runId }, asSystem);
}

async function isAnyDue(db: Db, tasks: readonly Task[]): Promise<boolean> {
  for (const { category, programmeId, before } of tasks) {
    if ((await nextDue(db, category.due({ programmeId, before }), null, 1)).length > 0) return true;
  }
  return false;
}
