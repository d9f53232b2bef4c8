import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort, packageRoot } from '../../src/platform/index.ts';
import { bundled } from '../support/bundle.ts';

/** Something that runs beside the test, is killed without a word, and starts again. */
export interface Mortal {
  readonly port: number;
  readonly deaths: number;
  /** Sends SIGKILL, and starts it again once it is gone. Resolves when it answers. */
  killAndRevive(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param start makes the process
 * @param answers whether it is ready
 */
async function mortal(port: number, start: () => Promise<ChildProcess>, answers: () => Promise<boolean>): Promise<Mortal> {
  let deaths = 0;
  let child = await start();
  const ready = async () => {
    for (let tries = 0; !(await answers()); tries += 1) {
      if (child.exitCode !== null || tries > 1_200) throw new Error(`${child.spawnargs.join(' ').slice(0, 200)} did not get ready`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await ready();
  const kill = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    port,
    get deaths() {
      return deaths;
    },
    async killAndRevive() {
      await kill('SIGKILL');
      deaths += 1;
      child = await start();
      await ready();
    },
    stop: () => kill('SIGTERM'),
  };
}

/** Whether something listens on a port of this machine. */
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/**
 * A process of the platform, as `npm start` starts it but from one file, which is ready sooner.
 * @param settings its environment
 */
export async function platformProcess(role: 'api' | 'worker', settings: Readonly<Record<string, string>>): Promise<Mortal> {
  const port = await freePort();
  const program = await bundled('src/main.ts', 'outside');
  const start = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-'], {
      cwd: packageRoot,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'info', ...settings, SANAD_ROLE: role, PORT: String(port) },
    });
    child.stdin.end(program);
    isWorking.set(port, false);
    child.stdout.on('data', (lines: Buffer) => void (lines.includes('master keys') && isWorking.set(port, true)));
    return child;
  };
  // A worker listens nowhere: it is ready soon after it has said which keys it has.
  return mortal(port, start, async () => (role === 'api' ? isReady(port) : isWorking.get(port) === true));
}
const isWorking = new Map<number, boolean>();

/**
 * A Redis that keeps nothing: whoever kills it empties every queue.
 * @param isObligatory whether it is an error that there is none on this machine
 * @returns undefined where there is none, and none has to be
 */
export async function redisProcess(isObligatory: boolean, program = 'redis-server'): Promise<Mortal | undefined> {
  const port = await freePort();
  const start = async () => {
    const child = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
    });
    await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(error))]);
    return child;
  };
  return mortal(port, start, () => listens(port)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    if (isObligatory) throw new Error(`There is no ${program} on this machine. Install it: without it the queue is never lost.`);
    return undefined;
  });
}
