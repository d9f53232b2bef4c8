import { authorise } from '../../src/access/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import { duplicateCheck } from '../../src/deduplication/index.ts';
import { intakeJobs } from '../../src/intake/index.ts';
import { applicationRole, commandRunner, Database, KeyRing, systemClock } from '../../src/platform/index.ts';

// A process that runs one file and is killed at some point of it.

/** What the test tells the process. */
export interface Order {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly indexKey: string;
  readonly fileId: string;
}

const { databaseUrl, masterKey, indexKey, fileId } = JSON.parse(process.argv[2] ?? '') as Order;
const database = new Database({ url: databaseUrl, role: applicationRole, poolSize: 4 });
const keyRing = new KeyRing(new Map([[1, Buffer.from(masterKey, 'base64')]]), Buffer.from(indexKey, 'base64'));
const execute = commandRunner(database, systemClock, keyRing, { authorise, record: recordEvent, start: async () => {} });
const ground = { db: database.reader, execute, keyRing, clock: systemClock };
const run = intakeJobs(ground, duplicateCheck(ground)).find(({ name }) => name === 'intake.run_file');

process.once('message', async () => {
  await run?.run({ fileId });
  process.send?.('done');
});
process.send?.('ready');
