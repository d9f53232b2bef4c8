import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { App } from '../../src/app.ts';

/** A page at the platform's own address, and everything that it should not have done. */
export interface Visit {
  readonly page: Page;
  readonly url: string;
  /** Errors, warnings about policy, and requests that would leave the machine. */
  readonly complaints: string[];
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** Listens on a free port of the loopback address. */
export async function listen({ http }: Pick<App, 'http'>): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(http).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Opens a page of the platform and lets no request go anywhere else. */
export async function visit(browser: Browser, url: string, path: string, width: number, height: number): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width, height } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  await page.route(
    (address) => address.protocol.startsWith('http') && address.origin !== url,
    (route) => {
      complaints.push(`left the machine: ${route.request().url()}`);
      return route.abort();
    },
  );
  await page.goto(url + path);
  return { page, url, complaints };
}

/**
 * Waits until an expression holds in the page. Asked from outside each time: what asks again from inside the page needs `eval`, which
 * the policy of our pages refuses.
 */
export const until = (page: Page, expression: string): Promise<void> =>
  expect.poll(() => page.evaluate(expression), { timeout: 20_000 }).toBe(true);
