import { system } from '../access/index.ts';
import { eachInTurn, type Ground, type Job } from '../platform/index.ts';
import { runningDefinitions } from './definition-store.ts';
import { beginRun, expireRun } from './run-commands.ts';
import { overdueRuns } from './run-store.ts';
import { lastDue } from './schedule.ts';
import { type Writer, writeRun } from './write-run.ts';

const EXPIRED_AT_A_TIME = 100;

/** Begins files that are due, writes them, and ends them after their week. */
export function scheduledExportJobs(ground: Ground, writer: Writer): Job[] {
  const { db, execute, clock } = ground;
  const begin = beginRun(writer.datasets);
  return [
    {
      name: 'exports.begin_due',
      everySeconds: 60,
      async run() {
        await eachInTurn(await runningDefinitions(db, clock.now()), async ({ id, schedule, lastDueOn, now }) => {
          if (lastDue(schedule, now) > lastDueOn) await execute(begin, { definitionId: id }, { actor: system });
        });
      },
    },
    { name: 'exports.write_run', run: ({ runId = '' }, closing) => writeRun(ground, writer, runId, closing) },
    {
      name: 'exports.expire_runs',
      everySeconds: 300,
      async run() {
        const overdue = await overdueRuns(db, clock.now(), EXPIRED_AT_A_TIME);
        await eachInTurn(overdue, ({ id }) => execute(expireRun, { runId: id }, { actor: system }));
      },
    },
  ];
}
