import { assistanceJobs } from '../../src/assistance/index.ts';
import { awaitErrand, connected, groundOf, keyRingOf, type Order, told } from './ground.ts';

// A process that makes out what has fallen due and is killed at some point of it.

/** What the test tells the process. */
export interface GeneratorOrder extends Order {
  readonly now: string;
}

const order = told<GeneratorOrder>();
const ground = groundOf(order.databaseUrl, keyRingOf(order), 1, { clock: { now: () => new Date(order.now) } });
await connected(ground);

awaitErrand(async (planId: string) => {
  const job = assistanceJobs(ground, { together: 2, alone: 2 }).find(({ name }) => name === 'assistance.advance');
  await job?.run({ planId });
});
