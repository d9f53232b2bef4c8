import { authorise } from '../../src/access/index.ts';
import { assistanceJobs } from '../../src/assistance/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import { applicationRole, commandRunner, Database, KeyRing, sql } from '../../src/platform/index.ts';

// A process that makes out what has fallen due and is killed at some point of it.

/** What the test tells the process. */
export interface Order {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly indexKey: string;
  readonly now: string;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const database = new Database({ url: order.databaseUrl, role: applicationRole, poolSize: 1 });
const keyRing = new KeyRing(new Map([[1, Buffer.from(order.masterKey, 'base64')]]), Buffer.from(order.indexKey, 'base64'));
const clock = { now: () => new Date(order.now) };
const execute = commandRunner(database, clock, keyRing, { authorise, record: recordEvent, start: async () => {} });

// The connection is made beforehand, so that every message counted belongs to the work.
await database.transaction((tx) => tx.first(sql`select 1`));

process.once('message', async (planId: string) => {
  const job = assistanceJobs({ db: database.reader, execute, clock }, { together: 2, alone: 2 }).find(
    ({ name }) => name === 'assistance.advance',
  );
  await job?.run({ planId });
  process.send?.('done');
});
process.send?.('ready');
