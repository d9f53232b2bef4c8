import { authorise } from '../../src/access/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import { queueCodes, sendingOf } from '../../src/messaging/index.ts';
import { paymentJobs } from '../../src/payments/index.ts';
import { applicationRole, commandRunner, Database, KeyRing, sql, systemClock } from '../../src/platform/index.ts';
import { issueVouchers } from '../../src/vouchers/index.ts';

// A process that builds or releases a list, one line at a time, and is killed at some point of it.

/** What the test tells the process. */
export interface Order {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly indexKey: string;
  readonly job: 'payments.build' | 'payments.release';
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const database = new Database({ url: order.databaseUrl, role: applicationRole, poolSize: 1 });
const keyRing = new KeyRing(new Map([[1, Buffer.from(order.masterKey, 'base64')]]), Buffer.from(order.indexKey, 'base64'));
const execute = commandRunner(database, systemClock, keyRing, { authorise, record: recordEvent, start: async () => {} });
const jobs = paymentJobs(
  { db: database.reader, execute, clock: systemClock },
  {
    async part(context, list, lines) {
      await issueVouchers(context, list, lines);
      await queueCodes(context.tx, context.now, list.id, lines);
    },
    whenReleased: (listId) => [sendingOf(listId)],
  },
  1,
);

// The connection is made beforehand, so that every message counted belongs to the list.
await database.transaction((tx) => tx.first(sql`select 1`));

process.once('message', async (listId: string) => {
  await jobs.find(({ name }) => name === order.job)?.run({ listId }, new AbortController().signal);
  process.send?.('done');
});
process.send?.('ready');
