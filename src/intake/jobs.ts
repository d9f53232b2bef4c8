import type { DuplicateCheck } from '../beneficiaries/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import { checkFile } from './check-job.ts';
import { runFile } from './run-job.ts';

const never = new AbortController().signal;

/** The background work of this room: the dry runs and the runs of files. */
export const intakeJobs = (ground: Ground, duplicates: DuplicateCheck): Job[] => [
  { name: 'intake.check_file', run: ({ fileId = '' }, closing = never) => checkFile(ground, duplicates, fileId, closing) },
  { name: 'intake.run_file', run: ({ fileId = '' }, closing = never) => runFile(ground, duplicates, fileId, closing) },
];
