import { execFileSync, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { resolve as absolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { ConfigError } from './config.ts';

/** A running embedded server. */
export interface EmbeddedServer {
  /** Address of a database on it, as the owner. */
  url(database: string): string;
  /** Makes sure that a database is there. @returns its address */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

const hostFile = fileURLToPath(import.meta.url).replace(/embedded-postgres\.(ts|js)$/, 'embedded-postgres-host.$1');
const START_TIMEOUT_MS = 60_000;

export interface EmbeddedOptions {
  /** Whether what is committed outlives a power cut; tests give that up for speed. */
  readonly durable?: boolean;
}

/**
 * Starts a real PostgreSQL that came with the npm package, with its files in a folder that lasts.
 * @param dataDir where the cluster, its password and the number of the process that holds it are kept
 * @throws Error when another process is using the folder, or with the server's own words when it does not start
 */
export async function startEmbeddedPostgres(dataDir: string, { durable = true }: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const folder = absolute(dataDir);
  mkdirSync(folder, { recursive: true });
  const databaseDir = join(folder, 'postgres');
  const password = readOrMake(join(folder, 'postgres-password'), () => randomBytes(24).toString('base64url'));
  await clearOrphan(folder, databaseDir);
  // The server runs as another user when we are root, and has to reach its own folder.
  if (process.getuid?.() === 0) await chmod(folder, 0o755);
  const port = await freePort();
  const host = fork(hostFile, [databaseDir, String(port), password, durable ? 'on' : 'off'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: hostFile.endsWith('.ts') ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href] : [],
  });
  const answer = await new Promise<{ ready: boolean; reason?: string }>((resolve) => {
    const timer = setTimeout(() => resolve({ ready: false, reason: 'it did not start within a minute' }), START_TIMEOUT_MS);
    timer.unref();
    host.once('message', (message) => resolve(message as { ready: boolean; reason?: string }));
    host.once('exit', (code) => resolve({ ready: false, reason: `its process ended with status ${code}` }));
    host.once('error', (error) => resolve({ ready: false, reason: error.message }));
  });
  if (!answer.ready) throw new ConfigError(`The embedded PostgreSQL in ${folder} did not start: ${answer.reason}`);
  writeFileSync(join(folder, 'postgres-host.pid'), String(host.pid));
  host.unref();
  host.channel?.unref();
  const url = (database: string) => `postgres://sanad_owner:${password}@127.0.0.1:${port}/${database}`;
  return {
    url,
    database: async (name) => {
      await ensureDatabase(url('postgres'), name);
      return url(name);
    },
    stop: async () => {
      if (host.exitCode !== null || host.signalCode !== null) return;
      const ended = new Promise((resolve) => host.once('exit', resolve));
      host.ref();
      if (host.connected) host.disconnect();
      await ended;
    },
  };
}

async function ensureDatabase(maintenanceUrl: string, name: string): Promise<void> {
  const client = new pg.Client(maintenanceUrl);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

function readOrMake(file: string, make: () => string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const text = make();
  writeFileSync(file, text, { mode: 0o600 });
  return text;
}

// A server whose keeper was killed goes on alone; it has to end before its folder can be opened again.
async function clearOrphan(folder: string, databaseDir: string): Promise<void> {
  const server = pidIn(join(databaseDir, 'postmaster.pid'));
  const keeper = pidIn(join(folder, 'postgres-host.pid'));
  if (!server || !uses(server, databaseDir)) return;
  for (let waited = 0; keeper && uses(keeper, databaseDir); waited += 100) {
    // A keeper that has lost its parent is on its way out.
    if (waited > 5_000) {
      throw new ConfigError(`Another Sanad (process ${keeper}) is using ${folder}. Stop it, or give this one its own SANAD_DATA_DIR.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (!uses(server, databaseDir)) return;
  process.kill(server, 'SIGINT');
  for (let waited = 0; uses(server, databaseDir); waited += 50) {
    if (waited > 20_000) throw new Error(`A PostgreSQL left over in ${folder} (process ${server}) does not end.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function pidIn(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return pid > 0 ? pid : undefined;
}

// After a restart of the machine or the container the same number may be anybody's, so the command line has to name the folder.
function uses(pid: number, databaseDir: string): boolean {
  try {
    const command = existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes(databaseDir);
  } catch {
    return false; // it has ended
  }
}

/** A port of the loopback address that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}
