import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { KeyRing, migrate, startEmbeddedPostgres } from '../src/platform/index.ts';
import { type BenchServer, startServer } from './server.ts';

/** Where something is measured: a PostgreSQL of its own with an empty database of ours, and servers on it. */
export interface Stage {
  /** The data of PostgreSQL and of the servers, and whatever else is written. */
  readonly folder: string;
  readonly url: string;
  /** Signed in as the owner. */
  readonly client: pg.Client;
  readonly keyRing: KeyRing;
  /** The same keys as settings. */
  readonly keys: Readonly<Record<string, string>>;
  /** Starts a server with these keys, which ends with the stage. @param settings what differs from a test's settings */
  serve(settings?: Readonly<Record<string, string>>): Promise<BenchServer>;
}

/** Sets a stage up, works on it, and leaves nothing of it behind, however the work ends. */
export async function onStage(work: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sanad-bench-'));
  const postgres = await startEmbeddedPostgres(folder);
  const servers: BenchServer[] = [];
  let client: pg.Client | undefined;
  try {
    const url = await postgres.database('bench');
    await migrate(url);
    client = new pg.Client(url);
    await client.connect();
    // What went wrong is told by whoever it went wrong for, not by the connection that ends with the server.
    client.on('error', () => {});
    const [masterKey, indexKey] = [randomBytes(32), randomBytes(32)];
    const keyRing = new KeyRing(new Map([[1, masterKey]]), indexKey);
    const keys = { SANAD_MASTER_KEYS: `1:${masterKey.toString('base64')}`, SANAD_INDEX_KEY: indexKey.toString('base64') };
    const serve = async (settings: Readonly<Record<string, string>> = {}) => {
      const server = await startServer(folder, url, { ...keys, ...settings });
      servers.push(server);
      return server;
    };
    await work({ folder, url, client, keyRing, keys, serve });
  } finally {
    await client?.end();
    for (const server of servers) await server.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
