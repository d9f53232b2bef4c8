import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { applicationRole, type DatabaseAddress } from '../../src/platform/index.ts';

/** A database of its own for one test file, cloned from the migrated template. */
export interface TestDatabase {
  readonly name: string;
  /** Its address, acting as the application role. */
  readonly address: DatabaseAddress;
  /** Connected as the owner: to prepare what no command makes, and to look at what is there. */
  readonly owner: pg.Client;
  /** Another connection as the application role, for plain SQL and parallel transactions. */
  applicationClient(): Promise<pg.Client>;
  drop(): Promise<void>;
}

export async function cloneDatabase(): Promise<TestDatabase> {
  const name = `sanad_test_${randomBytes(8).toString('hex')}`;
  const maintenance = new pg.Client(inject('serverUrl'));
  await maintenance.connect();
  await maintenance.query(`create database ${name} template ${inject('template')} strategy file_copy`);
  const url = new URL(inject('serverUrl'));
  url.pathname = `/${name}`;
  const owner = new pg.Client(url.href);
  await owner.connect();
  const clients: pg.Client[] = [];
  return {
    name,
    address: { url: url.href, role: applicationRole, poolSize: 12 },
    owner,
    async applicationClient() {
      const client = new pg.Client({ connectionString: url.href, options: `-c role=${applicationRole} -c timezone=UTC` });
      await client.connect();
      clients.push(client);
      return client;
    },
    async drop() {
      await Promise.all(clients.map((client) => client.end()));
      await owner.end();
      await maintenance.query(`drop database if exists ${name} with (force)`);
      await maintenance.end();
    },
  };
}
