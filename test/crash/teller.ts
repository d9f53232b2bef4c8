import { authorise } from '../../src/access/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import {
  applicationRole,
  commandRunner,
  connectJobs,
  createLogger,
  createMetrics,
  Database,
  KeyRing,
  readConfig,
  ShiftedClock,
} from '../../src/platform/index.ts';
import { webhookJobs } from '../../src/webhooks/index.ts';

// A worker that tells webhooks what happened and is killed at some point of it.

/** What the test tells the process. */
export interface Order {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly indexKey: string;
  /** How far its clock is ahead, in milliseconds. */
  readonly ahead: number;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const config = readConfig({ SANAD_ENV: 'test', SANAD_MASTER_KEYS: `1:${order.masterKey}`, SANAD_INDEX_KEY: order.indexKey });
const address = { url: order.databaseUrl, role: applicationRole, poolSize: 6 };
const database = new Database(address);
const clock = new ShiftedClock();
clock.skip(order.ahead);
const keyRing = new KeyRing(config.SANAD_MASTER_KEYS, Buffer.from(config.SANAD_INDEX_KEY, 'base64'), undefined);
const jobs = connectJobs({ database, address, clock, logger: createLogger('silent'), metrics: createMetrics(false), redisUrl: undefined });
const execute = commandRunner(database, clock, keyRing, { authorise, record: recordEvent, start: jobs.start });
const rules = { privateAddresses: false, plainLoopback: true };
const sending = webhookJobs({ db: database.reader, execute, keyRing, clock }, rules).find(({ name }) => name === 'webhooks.send');
process.once('message', () => sending?.run({}));
process.send?.('ready');
