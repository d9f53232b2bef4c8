import { authorise, system } from '../../src/access/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import { applicationRole, commandRunner, Database, KeyRing, rotateKeys, systemClock } from '../../src/platform/index.ts';
import { columns } from '../../src/sealed-columns.ts';

// A process that rotates the master key and is killed at some point of it.

/** What the test tells the process. */
export interface Order {
  readonly databaseUrl: string;
  /** In Base64, by version. */
  readonly masterKeys: readonly (readonly [number, string])[];
  readonly indexKey: string;
}

const { databaseUrl, masterKeys, indexKey } = JSON.parse(process.argv[2] ?? '') as Order;
const database = new Database({ url: databaseUrl, role: applicationRole, poolSize: 2 });
const keyRing = new KeyRing(
  new Map(masterKeys.map(([version, key]) => [version, Buffer.from(key, 'base64')])),
  Buffer.from(indexKey, 'base64'),
);
const execute = commandRunner(database, systemClock, keyRing, { authorise, record: recordEvent, start: async () => {} });

process.once('message', async () => {
  await rotateKeys({ db: database.reader, execute, keyRing, actor: system, batch: 2 }, columns, () => {});
  process.send?.('done');
});
process.send?.('ready');
