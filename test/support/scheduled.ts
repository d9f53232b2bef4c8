import { datasets } from '../../src/exports/index.ts';
import { scheduledExportJobs } from '../../src/exports/jobs.ts';
import type { TestPlatform } from './platform.ts';

const DAY_MS = 86_400_000;

/** The turns of scheduled exports, to be taken one at a time. What they begin is written by the platform's own worker. */
export function turnsOf({ app, clock }: TestPlatform): Record<'begin_due' | 'expire_runs', () => Promise<void>> {
  const ground = { db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock };
  const limits = { alertAbove: { exports: 1, people: 1 }, atMost: { exports: 1, people: 1 } };
  const jobs = scheduledExportJobs(ground, { datasets, limits, reads: { record: async () => {} } });
  const run = (name: string) => async () => jobs.find((job) => job.name === `exports.${name}`)?.run({});
  return { begin_due: run('begin_due'), expire_runs: run('expire_runs') };
}

/** Lets days go by, with the second factors of everybody fresh. */
export async function daysLater({ clock, owner }: TestPlatform, days: number): Promise<void> {
  clock.skip(days * DAY_MS);
  await owner.query('update sessions set second_factor_at = $1', [clock.now()]);
}
