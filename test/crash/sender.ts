import { connectMessaging } from '../../src/messaging/index.ts';
import { readConfig, readContract } from '../../src/platform/index.ts';
import { awaitErrand, told } from './ground.ts';
import { type WorkerOrder, workerOf } from './worker.ts';

// A worker that sends messages and is killed at some point of it.

/** What the test tells the process. */
export interface SenderOrder extends WorkerOrder {
  readonly redisUrl: string | undefined;
  readonly queuePrefix: string;
}

const order = told<SenderOrder>();
const { ground, jobs } = workerOf(order, { redisUrl: order.redisUrl, prefix: order.queuePrefix });
const config = readConfig({ SANAD_ENV: 'test', SANAD_MASTER_KEYS: `1:${order.masterKey}`, SANAD_INDEX_KEY: order.indexKey });
const messaging = connectMessaging(ground, config, readContract(), async () => false);
awaitErrand(() => jobs.work(messaging.jobs));
