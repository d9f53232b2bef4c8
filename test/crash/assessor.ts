import { eligibilityJobs } from '../../src/eligibility/index.ts';
import { awaitErrand, connected, groundOf, keyRingOf, type Order, told } from './ground.ts';

// A process that goes on with a run and is killed at some point of it.

const order = told<Order>();
const ground = groundOf(order.databaseUrl, keyRingOf(order), 1);
await connected(ground);

awaitErrand(async (runId: string) => {
  const [job] = eligibilityJobs(ground, 1);
  await job?.run({ runId }, new AbortController().signal);
});
