import { authorise } from '../../src/access/index.ts';
import { recordEvents } from '../../src/audit/index.ts';
import {
  applicationRole,
  type Clock,
  type CommandPorts,
  commandRunner,
  Database,
  type DatabaseAddress,
  type Ground,
  KeyRing,
  sql,
  systemClock,
} from '../../src/platform/index.ts';

// What the processes that are killed have in common.

/** What each of them is told. */
export interface Order {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly indexKey: string;
}

/** What this process was told when it was started. */
export const told = <Told>(): Told => JSON.parse(process.argv[2] ?? '') as Told;

export const keyRingOf = ({ masterKey, indexKey }: Pick<Order, 'masterKey' | 'indexKey'>): KeyRing =>
  new KeyRing(new Map([[1, Buffer.from(masterKey, 'base64')]]), Buffer.from(indexKey, 'base64'));

export interface DoomedGround extends Ground {
  readonly database: Database;
  readonly address: DatabaseAddress;
}

/**
 * What work stands on, over connections of this process's own.
 * @param start what is done about the work that follows a command: nothing, unless somebody works here
 */
export function groundOf(
  databaseUrl: string,
  keyRing: KeyRing,
  poolSize: number,
  { clock = systemClock, start = async () => {} }: { clock?: Clock; start?: CommandPorts['start'] } = {},
): DoomedGround {
  const address = { url: databaseUrl, role: applicationRole, poolSize };
  const database = new Database(address);
  const execute = commandRunner(database, clock, keyRing, { authorise, record: recordEvents, recordReads: async () => {}, start });
  return { database, address, db: database.reader, execute, keyRing, clock };
}

/** Makes the connection, so that every message that is counted from now on belongs to the work. */
export const connected = ({ database }: DoomedGround): Promise<unknown> => database.transaction((tx) => tx.first(sql`select 1`));

/** Says that this process is ready, does once what it is sent, and says when it has. */
export function awaitErrand<Errand>(work: (errand: Errand) => Promise<unknown>): void {
  process.once('message', async (errand: Errand) => {
    await work(errand);
    process.send?.('done');
  });
  process.send?.('ready');
}
