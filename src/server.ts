import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { system } from './access/index.ts';
import { type App, createApp } from './app.ts';
import {
  applicationRole,
  type Clock,
  type Config,
  ConfigError,
  checkKeys,
  type DatabaseAddress,
  type EmbeddedServer,
  giveMemoryBackAtRest,
  keepHeapSmall,
  type Logger,
  migrate,
  sql,
  startEmbeddedPostgres,
} from './platform/index.ts';
import { columns } from './sealed-columns.ts';

/** A platform that listens, works, or both. */
export interface RunningPlatform {
  readonly app: App;
  /** Where it listens; undefined for a worker. */
  readonly url: string | undefined;
  /** Whether this start made the database. */
  readonly isNew: boolean;
  /** Stops taking requests, finishes those that run and the jobs that run, then lets go of the database. */
  stop(): Promise<void>;
}

const OLDEST_POSTGRES = 150_000;

/**
 * Starts what the settings ask for, on the database that they name or on an embedded one.
 * Development brings the database up to date by itself; production leaves that to `sanad migrate`.
 * @throws ConfigError when the database is too old or the role on it is allowed too much
 */
export async function startServer(config: Config, clock: Clock, logger: Logger): Promise<RunningPlatform> {
  const { address, isNew, embedded } = await openDatabase(config);
  const app = createApp({ config, address, clock, logger });
  keepHeapSmall();
  const stopGiving = giveMemoryBackAtRest();
  let server: Server | undefined;
  const stop = async () => {
    stopGiving();
    if (server) await closed(server);
    await app.close();
    await embedded?.stop();
  };
  try {
    await checkDatabase(app, config);
    await admitKeys(app, clock);
    logger.info({ versions: app.keyRing.versions, current: app.keyRing.currentVersion }, 'master keys');
    if (config.SANAD_ROLE !== 'api') await app.work();
    if (config.SANAD_ROLE !== 'worker') server = await listen(app, config);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = server && `http://${config.HOST}:${(server.address() as AddressInfo).port}`;
  return { app, url, isNew, stop };
}

/** The database that the settings name, brought up to date where that is this process's task. */
export async function openDatabase(config: Config): Promise<{ address: DatabaseAddress; isNew: boolean; embedded?: EmbeddedServer }> {
  const poolSize = config.DATABASE_POOL_SIZE;
  if (config.DATABASE_URL) {
    if (config.SANAD_ENV === 'production') return { address: { url: config.DATABASE_URL, poolSize }, isNew: false };
    const owner = config.DATABASE_OWNER_URL ?? config.DATABASE_URL;
    const applied = await migrate(owner, config.DATABASE_URL);
    const role = owner === config.DATABASE_URL ? applicationRole : undefined;
    return { address: { url: config.DATABASE_URL, role, poolSize }, isNew: applied.includes(FIRST_MIGRATION) };
  }
  const embedded = await startEmbeddedPostgres(config.dataDir);
  try {
    const url = await embedded.database('sanad');
    const applied = await migrate(url);
    return { address: { url, role: applicationRole, poolSize }, isNew: applied.includes(FIRST_MIGRATION), embedded };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

const FIRST_MIGRATION = '0001_ground.sql';

async function checkDatabase(app: App, config: Config): Promise<void> {
  const row = await app.database.reader.first<{ version: number; migrated: boolean; owns: boolean }>(sql`
    select current_setting('server_version_num')::int as version, to_regclass('public.payouts') is not null as migrated,
      (select rolsuper from pg_roles where rolname = current_user)
        or exists (select from pg_class where relname = 'payouts' and relowner = (select oid from pg_roles where rolname = current_user)) as owns`);
  if (!row) throw new ConfigError('DATABASE_URL: the database does not answer');
  if (row.version < OLDEST_POSTGRES) throw new ConfigError('DATABASE_URL: PostgreSQL 15 or newer is needed');
  if (!row.migrated) throw new ConfigError('DATABASE_URL: the database is empty; run "sanad migrate" first');
  if (row.owns && config.SANAD_ENV === 'production') {
    throw new ConfigError(
      'DATABASE_URL: this role could rewrite the books; use the application role and keep the owner for DATABASE_OWNER_URL',
    );
  }
}

/** @throws ConfigError when a master key is missing that the database needs, or a key is another than it was */
export const admitKeys = ({ database, execute, keyRing }: App, clock: Clock): Promise<void> =>
  checkKeys({ db: database.reader, execute, keyRing, actor: system, now: clock.now() }, columns);

async function listen(app: App, config: Config): Promise<Server> {
  const server = createServer(app.http);
  // Slow clients may take their time, but not hold a connection for ever.
  server.requestTimeout = 6 * 3_600_000; // for an upload; an ordinary body has a minute
  server.headersTimeout = 15_000;
  server.keepAliveTimeout = 65_000;
  server.listen(config.PORT, config.HOST);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new ConfigError(`PORT: something else listens on ${config.HOST}:${config.PORT} already`);
    throw error;
  });
  return server;
}

async function closed(server: Server): Promise<void> {
  const ended = once(server, 'close');
  server.close();
  // A connection that was busy when the closing began falls idle later, and would keep the server for a minute.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  await ended;
  clearInterval(idle);
}
