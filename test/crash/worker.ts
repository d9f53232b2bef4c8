import { connectJobs, createLogger, createMetrics, type JobOptions, ShiftedClock } from '../../src/platform/index.ts';
import { groundOf, keyRingOf, type Order } from './ground.ts';

/** What a worker is told. */
export interface WorkerOrder extends Order {
  /** How far its clock is ahead, in milliseconds. */
  readonly ahead: number;
}

/** A process that works on what follows commands. @param queue where its queue is; in PostgreSQL where nothing is said */
export function workerOf(order: WorkerOrder, queue: Pick<JobOptions, 'redisUrl' | 'prefix'> = {}) {
  const clock = new ShiftedClock();
  clock.skip(order.ahead);
  const ground = groundOf(order.databaseUrl, keyRingOf(order), 6, { clock, start: (followUps) => jobs.start(followUps) });
  const { database, address } = ground;
  const jobs = connectJobs({ database, address, clock, logger: createLogger('silent'), metrics: createMetrics(false), ...queue });
  return { ground, jobs };
}
