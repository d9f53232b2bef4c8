import { authorise } from '../../src/access/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import { connectMessaging } from '../../src/messaging/index.ts';
import {
  applicationRole,
  commandRunner,
  connectJobs,
  createLogger,
  createMetrics,
  Database,
  KeyRing,
  readConfig,
  readContract,
  ShiftedClock,
} from '../../src/platform/index.ts';

// A worker that sends messages and is killed at some point of it.

/** What the test tells the process. */
export interface Order {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly queuePrefix: string;
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
const jobs = connectJobs({
  database,
  address,
  clock,
  logger: createLogger('silent'),
  metrics: createMetrics(false),
  redisUrl: order.redisUrl,
  prefix: order.queuePrefix,
});
const execute = commandRunner(database, clock, keyRing, { authorise, record: recordEvent, start: jobs.start });
const messaging = connectMessaging({ db: database.reader, execute, keyRing, clock }, config, readContract(), async () => false);
process.once('message', () => jobs.work(messaging.jobs));
process.send?.('ready');
