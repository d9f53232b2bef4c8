import { authorise } from '../../src/access/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import { eligibilityJobs } from '../../src/eligibility/index.ts';
import { applicationRole, commandRunner, Database, KeyRing, sql, systemClock } from '../../src/platform/index.ts';

// A process that goes on with a run and is killed at some point of it.

/** What the test tells the process. */
export interface Order {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly indexKey: string;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const database = new Database({ url: order.databaseUrl, role: applicationRole, poolSize: 1 });
const keyRing = new KeyRing(new Map([[1, Buffer.from(order.masterKey, 'base64')]]), Buffer.from(order.indexKey, 'base64'));
const execute = commandRunner(database, systemClock, keyRing, { authorise, record: recordEvent, start: async () => {} });

// The connection is made beforehand, so that every message counted belongs to the run.
await database.transaction((tx) => tx.first(sql`select 1`));

process.once('message', async (runId: string) => {
  const [job] = eligibilityJobs({ execute }, 1);
  await job?.run({ runId }, new AbortController().signal);
  process.send?.('done');
});
process.send?.('ready');
