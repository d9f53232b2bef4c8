import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import contract from '../../src/contract/openapi.json' with { type: 'json' };
import { launchBrowser, listen, visit } from '../support/browser.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';

const summaries = Object.values(contract.paths).flatMap((item) =>
  Object.values(item).flatMap((operation) => ('summary' in operation ? [operation.summary] : [])),
);

describe('the documentation', () => {
  let platform: TestPlatform;
  let server: Awaited<ReturnType<typeof listen>>;
  let browser: Browser;
  beforeAll(async () => {
    platform = await startPlatform();
    server = await listen(platform.app);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await platform.close();
  });

  it.each([
    ['a desktop', 1440, 900],
    ['a phone', 390, 844],
  ])('shows every operation on %s, from this machine alone', async (_device, width, height) => {
    const { page, complaints } = await visit(browser, server.url, '/docs', width, height);
    await page.getByRole('heading', { name: 'Sanad', level: 1 }).waitFor();
    await page.getByRole('heading', { name: summaries[0] }).first().waitFor();
    const headings = await page.getByRole('heading').allInnerTexts();
    expect(headings.map((heading) => heading.trim())).toEqual(expect.arrayContaining(summaries));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await page.title()).toBe('Sanad API');
    const folder = process.env['SCREENSHOTS'];
    if (folder) await page.screenshot({ path: `${folder}/docs-${width}.png` });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
