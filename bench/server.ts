import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { freePort, packageRoot } from '../src/platform/index.ts';
import { processMemory, processTime } from './processes.ts';

/** The built server in a process of its own, as in production. */
export interface BenchServer {
  readonly port: number;
  /** How much memory it holds now, in MiB. Asked often: it costs the machine next to nothing. */
  memory(): number;
  /** How long it has been computing so far, in seconds. */
  computed(): number;
  stop(): Promise<void>;
  /** Ends it without a word (kill -9). */
  kill(): Promise<void>;
}

/**
 * @param dataDir its folder
 * @param settings what differs from a test's settings
 */
export async function startServer(dataDir: string, url: string, settings: Readonly<Record<string, string>> = {}): Promise<BenchServer> {
  const port = await freePort();
  const server = spawn(process.execPath, ['--max-semi-space-size=16', 'dist/main.js'], {
    cwd: packageRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      SANAD_ENV: 'test',
      REQUESTS_PER_MINUTE: '0',
      SANAD_DATA_DIR: dataDir,
      DATABASE_URL: url,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      SANAD_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
      SANAD_INDEX_KEY: randomBytes(32).toString('base64'),
      DATABASE_POOL_SIZE: '40',
      ...settings,
    },
  });
  const stop = () => ended(server, 'SIGTERM');
  try {
    await ready(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    memory: () => processMemory(server.pid ?? 0),
    computed: () => processTime(server.pid ?? 0),
    stop,
    kill: () => ended(server, 'SIGKILL'),
  };
}

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill(signal);
  await once(server, 'exit');
}

async function ready(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answers = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server did not get ready');
}
