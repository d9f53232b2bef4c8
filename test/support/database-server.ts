import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate, startEmbeddedPostgres } from '../../src/platform/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the server's maintenance database, as the owner. */
    serverUrl: string;
    /** The migrated database that each test file clones. */
    template: string;
  }
}

const MEMORY = '/dev/shm';
/** What the databases of a whole run may come to. */
const ROOM_BYTES = 4 * 2 ** 30;

/** Whether files can be kept in memory: a database is a thousand of them, and a disk takes twenty times as long to copy those. */
async function roomInMemory(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(MEMORY);
    return bavail * bsize > ROOM_BYTES;
  } catch {
    return false;
  }
}

/** One PostgreSQL for the whole run, with a template that is migrated once. TEST_DATABASE_URL uses another server. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join((await roomInMemory()) ? MEMORY : tmpdir(), 'sanad-test-'));
  const given = process.env['TEST_DATABASE_URL'];
  const server = given ? undefined : await startEmbeddedPostgres(folder, { durable: false });
  const serverUrl = given ?? server?.url('postgres') ?? '';
  const template = `sanad_template_${process.pid}`;
  const client = new pg.Client(serverUrl);
  await client.connect();
  await client.query(`create database ${template}`);
  const templateUrl = new URL(serverUrl);
  templateUrl.pathname = `/${template}`;
  await migrate(templateUrl.href);
  provide('serverUrl', serverUrl);
  provide('template', template);
  return async () => {
    await client.query(`drop database if exists ${template} with (force)`);
    await client.end();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
