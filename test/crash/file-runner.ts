import { duplicateCheck } from '../../src/deduplication/index.ts';
import { intakeJobs } from '../../src/intake/index.ts';
import { awaitErrand, groundOf, keyRingOf, type Order, told } from './ground.ts';

// A process that runs one file and is killed at some point of it.

/** What the test tells the process. */
export interface FileOrder extends Order {
  readonly fileId: string;
}

const { fileId, ...order } = told<FileOrder>();
const ground = groundOf(order.databaseUrl, keyRingOf(order), 4);
const run = intakeJobs(ground, duplicateCheck(ground)).find(({ name }) => name === 'intake.run_file');
awaitErrand(async () => run?.run({ fileId }));
