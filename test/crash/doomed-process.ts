import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/platform/package-root.ts';
import { bundled } from '../support/bundle.ts';
import type { TestPlatform } from '../support/platform.ts';
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.ts';

/** The keys of a platform that such processes work on, as they are told of them and as the platform is. */
export const keys = {
  masterKey: Buffer.from('a master key for the crash test!').toString('base64'),
  indexKey: Buffer.from('an index key for the crash test!').toString('base64'),
};
export const environment = { SANAD_MASTER_KEYS: `1:${keys.masterKey}`, SANAD_INDEX_KEY: keys.indexKey };

/** A process that works on the platform's database and can be killed at any message that it sends there. */
export interface DoomedProcess {
  readonly child: ChildProcess;
  readonly proxy: CuttingProxy;
}

/** A wire to the platform's database, and the address that a process reaches it by. */
export async function wireTo({ owner }: Pick<TestPlatform, 'owner'>): Promise<{ proxy: CuttingProxy; databaseUrl: string }> {
  const { host, port, database, user, password } = owner;
  const proxy = await cuttingProxy(host, port);
  const url = new URL(`postgres://127.0.0.1:${proxy.port}/${database}`);
  url.username = user ?? '';
  url.password = String(password);
  return { proxy, databaseUrl: url.href };
}

/**
 * Starts a process on a wire of its own, and waits until it is ready.
 * @param file beside this one
 * @param order what it is told, besides where the database is
 * @throws Error with what the process complained of, when it ended instead
 */
export async function startDoomed<Order extends { readonly databaseUrl: string }>(
  platform: Pick<TestPlatform, 'owner'>,
  file: string,
  order: Omit<Order, 'databaseUrl'>,
): Promise<DoomedProcess> {
  const { proxy, databaseUrl } = await wireTo(platform);
  // Its program comes on the standard input, so that no file is left anywhere; to itself it stands at the top of the repository.
  const child = spawn(process.execPath, ['--input-type=module', '-', JSON.stringify({ ...order, databaseUrl })], {
    cwd: packageRoot,
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
  });
  const complaint = child.stderr ? text(child.stderr) : '';
  const ready = once(child, 'message');
  child.stdin?.end(await bundled(`test/crash/${file}`, 'inside'));
  const ended = once(child, 'exit').then(async () => Promise.reject(new Error(`${file} ended before it was ready: ${await complaint}`)));
  await Promise.race([ready, ended]);
  ended.catch(() => {});
  return { child, proxy };
}

/**
 * Sends a process on an errand and kills it once it has said so much to the database, which has let go of it afterwards.
 * @returns whether it came to the end, and said so, before that
 */
export async function runUntil({ child, proxy }: DoomedProcess, errand: string | object, messages: number): Promise<boolean> {
  const done = once(child, 'message').then(() => true);
  const killed = new Promise<boolean>((resolve) => {
    proxy.cutAfter(messages, () => {
      child.once('exit', () => resolve(false));
      child.kill('SIGKILL');
    });
  });
  child.send(errand);
  const ended = await Promise.race([done, killed]);
  child.kill('SIGKILL');
  await proxy.released();
  proxy.close();
  return ended;
}

/** Kills what is left of some processes. */
export function endAll(processes: readonly DoomedProcess[]): void {
  for (const { child, proxy } of processes) {
    child.kill('SIGKILL');
    proxy.close();
  }
}
