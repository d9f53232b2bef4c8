import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { TestPlatform } from '../support/platform.ts';
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.ts';

/** A process that works on the platform's database and can be killed at any message that it sends there. */
export interface DoomedProcess {
  readonly child: ChildProcess;
  readonly proxy: CuttingProxy;
}

/**
 * Starts a process on a wire of its own, and waits until it is ready.
 * @param file beside this one
 * @param order what it is told, besides where the database is
 */
export async function startDoomed<Order extends { readonly databaseUrl: string }>(
  platform: TestPlatform,
  file: string,
  order: Omit<Order, 'databaseUrl'>,
): Promise<DoomedProcess> {
  const { host, port, database, user, password } = platform.owner;
  const proxy = await cuttingProxy(host, port);
  const url = new URL(`postgres://127.0.0.1:${proxy.port}/${database}`);
  url.username = user ?? '';
  url.password = String(password);
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify({ ...order, databaseUrl: url.href })], {
    execArgv: ['--import', 'tsx'],
    silent: true,
  });
  const [message] = await once(child, 'message');
  expect(message).toBe('ready');
  return { child, proxy };
}
