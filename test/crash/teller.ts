import { webhookJobs } from '../../src/webhooks/index.ts';
import { awaitErrand, told } from './ground.ts';
import { type WorkerOrder, workerOf } from './worker.ts';

// A worker that tells webhooks what happened and is killed at some point of it.

const { ground } = workerOf(told<WorkerOrder>());
const rules = { privateAddresses: false, plainLoopback: true };
const sending = webhookJobs(ground, rules).find(({ name }) => name === 'webhooks.send');
awaitErrand(async () => sending?.run({}));
