import type { Socket } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, listen, until, visit } from '../support/browser.ts';
import { codeOf } from '../support/feedback.ts';
import { makeFrame } from '../support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';

const WIDTH = 360;

describe('the form for whoever wants to tell us something', () => {
  let platform: TestPlatform;
  let server: Awaited<ReturnType<typeof listen>>;
  let browser: Browser;
  let code: string;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    code = await codeOf(platform, await makeFrame(platform));
    server = await listen(platform.app);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await platform.close();
  });

  const cases = async (): Promise<number> =>
    (await platform.owner.query('select count(*)::int as cases from feedback_cases')).rows[0].cases;
  const shot = async (page: Awaited<ReturnType<typeof visit>>['page'], name: string) => {
    const folder = process.env['SCREENSHOTS'];
    if (folder) await page.screenshot({ path: `${folder}/feedback-${name}.png`, fullPage: true });
  };

  it.each(['ar', 'fr', 'en'])('fits a phone in %s, and keeps what is written until there is a network', async (language) => {
    const before = await cases();
    const { page, complaints } = await visit(browser, server.url, `/feedback/${code}?lang=${language}`, WIDTH, 780);
    expect(await page.evaluate('document.documentElement.dir')).toBe(language === 'ar' ? 'rtl' : 'ltr');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(WIDTH);
    await shot(page, language);
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await until(page, 'caches.match(location.href).then((kept) => kept !== undefined)');
    expect(complaints).toEqual([]);
    await page.context().setOffline(true);
    await page.reload();
    await page.locator('#text').fill('The office was closed again');
    await page.locator('#tell button').click();
    await page.locator('#waiting').waitFor({ state: 'visible' });
    await shot(page, `${language}-waiting`);
    expect(await cases()).toBe(before);
    await page.context().setOffline(false);
    await page.locator('#receipts .reference').waitFor();
    expect(await page.locator('#receipts .reference').textContent()).toMatch(/^\d{10}$/);
    expect(await page.locator('#waiting').isHidden()).toBe(true);
    await shot(page, `${language}-sent`);
    const [reference, secret] = [
      (await page.locator('#receipts .reference').textContent()) ?? '',
      (await page.locator('#receipts .secret').textContent()) ?? '',
    ];
    // Whoever opens the form next on this telephone finds neither.
    await page.reload();
    await until(page, 'self.outbox.waiting().then((records) => records.length === 0)');
    expect(await page.locator('#receipts .secret').count()).toBe(0);
    expect(await page.evaluate('self.outbox.takeReceipts()')).toEqual([]);
    expect(await cases()).toBe(before + 1);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(WIDTH);
    await page.goto(`${server.url}/feedback/${code}/answer?lang=${language}`);
    await page.locator('#reference').fill(reference);
    await page.locator('#secret').fill(secret);
    await page.locator('form button').click();
    await page.locator('.done').waitFor();
    await shot(page, `${language}-answer`);
    await page.close();
  });

  it('opens on a network that answers nothing, and says that what is written waits until it does', async () => {
    const before = await cases();
    let isDead = false;
    const unanswered: Socket[] = [];
    const http = ((request, response) => {
      if (isDead) unanswered.push(request.socket);
      else platform.app.http(request, response);
    }) as TestPlatform['app']['http'];
    const slow = await listen({ http });
    const { page } = await visit(browser, slow.url, `/feedback/${code}?lang=fr`, WIDTH, 780);
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await until(page, 'caches.match(location.href).then((kept) => kept !== undefined)');
    isDead = true;
    await page.reload({ timeout: 15_000 });
    await page.locator('#text').fill('Le bureau était fermé');
    await page.locator('#tell > button').click();
    await page.locator('#waiting').waitFor({ state: 'visible', timeout: 5_000 });
    isDead = false;
    for (const socket of unanswered) socket.destroy();
    await page.locator('#receipts .reference').waitFor();
    expect(await cases()).toBe(before + 1);
    await page.close();
    await slow.close();
  });

  /** A page of the form at which `before` was run. */
  const formAt = async (before: string) => {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 780 }, serviceWorkers: 'block' });
    await page.addInitScript(before);
    await page.goto(`${server.url}/feedback/${code}?lang=fr`);
    return page;
  };

  it.each([
    ['nothing can be kept', `indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); };`],
    ['keeping never ends', 'indexedDB.open = () => ({});'],
    ['there is no randomness', 'crypto.getRandomValues = undefined;'],
  ])('is sent as an ordinary form where %s', async (_where, script) => {
    const before = await cases();
    const page = await formAt(`delete Crypto.prototype.randomUUID; ${script}`);
    await page.locator('#text').fill('Merci');
    await page.locator('#tell > button').click();
    await page.locator('.done .reference').waitFor();
    expect(await page.locator('.done .reference').textContent()).toMatch(/^\d{10}$/);
    expect(await cases()).toBe(before + 1);
    await page.close();
  });

  it('waits half a minute for an answer and no longer, keeps what was not answered, and sends it once when there is one', async () => {
    const before = await cases();
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 780 }, serviceWorkers: 'block' });
    await page.clock.install();
    let asked = 0;
    const unanswered = () => {
      asked += 1;
    };
    await page.route('**/v1/feedback', unanswered);
    await page.goto(`${server.url}/feedback/${code}?lang=fr`);
    await page.locator('#text').fill('Merci');
    await page.locator('#tell > button').click();
    await page.locator('#waiting').waitFor({ state: 'visible' });
    await expect.poll(() => asked).toBe(1);
    // What is tried again meanwhile waits for its turn.
    await page.clock.runFor(25_000);
    expect([asked, await cases()]).toEqual([1, before]);
    await page.clock.runFor(6_000);
    await expect.poll(() => asked).toBe(2);
    expect(await page.evaluate('self.outbox.waiting().then((records) => records.map(({ refused }) => refused === true))')).toEqual([false]);
    await page.unroute('**/v1/feedback', unanswered);
    await page.clock.runFor(51_000);
    await page.locator('#receipts .reference').waitFor();
    expect(await page.evaluate('self.outbox.waiting()')).toEqual([]);
    expect(await cases()).toBe(before + 1);
    await page.close();
  });

  it('is sent by a telephone that cannot make a UUID', async () => {
    const page = await formAt('delete Crypto.prototype.randomUUID;');
    await page.locator('#text').fill('Merci');
    await page.locator('#tell > button').click();
    await page.locator('#receipts .reference').waitFor();
    await page.close();
  });

  it('is put right with the wish to stay unknown, and can be deleted from a telephone that is not one’s own', async () => {
    const page = await formAt('');
    const answers = [422, 408, 409, 425, 429, 422];
    await page.route('**/v1/feedback', (route) => route.fulfill({ status: answers.shift() ?? 503, body: '{}' }));
    const tell = async () => {
      await page.locator('#text').fill('Nobody may know');
      await page.locator('input[name=anonymous]').check();
      await page.locator('#tell > button').click();
    };
    await tell();
    await page.locator('#refused').waitFor({ state: 'visible' });
    expect(await page.locator('input[name=anonymous]').isChecked()).toBe(false);
    await page.locator('#refused .correct').click();
    await until(page, `document.getElementById('text').value === 'Nobody may know'`);
    expect(await page.locator('input[name=anonymous]').isChecked()).toBe(true);
    // What says nothing of the message is no refusal of it.
    for (let i = 0; i < 4; i += 1) {
      await tell();
      await page.locator('#waiting').waitFor({ state: 'visible' });
      expect(await page.locator('#refused').isHidden()).toBe(true);
      await page.locator('#waiting .remove').click();
      await page.locator('#waiting').waitFor({ state: 'hidden' });
    }
    await tell();
    await page.locator('#refused .remove').click();
    await page.locator('#refused').waitFor({ state: 'hidden' });
    expect(await page.evaluate('self.outbox.waiting()')).toEqual([]);
    await page.close();
  });

  it('shows on an open page what the worker beside it has sent, and keeps it no longer', async () => {
    const { page } = await visit(browser, server.url, `/feedback/${code}?lang=fr`, WIDTH, 780);
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    const session = await page.context().newCDPSession(page);
    const registered = new Promise<string>((resolve) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [first] = registrations;
        if (first) resolve(first.registrationId);
      });
    });
    await session.send('ServiceWorker.enable');
    const registrationId = await registered;
    // The page itself has no network; the worker has, and begins when this test says so.
    await page.evaluate(`self.fetch = () => Promise.reject(new Error('no network'))`);
    await page.evaluate('SyncManager.prototype.register = () => Promise.resolve()');
    await page.locator('#text').fill('Merci');
    await page.locator('#tell > button').click();
    await page.locator('#waiting').waitFor({ state: 'visible' });
    await session.send('ServiceWorker.dispatchSyncEvent', { origin: server.url, registrationId, tag: 'feedback', lastChance: false });
    await page.locator('#receipts .reference').waitFor();
    expect(await page.locator('#waiting').isHidden()).toBe(true);
    expect(await page.evaluate('self.outbox.takeReceipts()')).toEqual([]);
    await page.close();
  });

  it('shows once, and within an hour, what came while no page was open', async () => {
    const page = await formAt('');
    const keep = (reference: string, at: string) =>
      page.evaluate(`new Promise((resolve) => {
        const request = indexedDB.open('feedback', 1);
        request.onsuccess = () => {
          const transaction = request.result.transaction('receipts', 'readwrite');
          transaction.objectStore('receipts').put({ reference: '${reference}', secret: 'AAAA-AAAA', at: ${at} });
          transaction.oncomplete = () => { request.result.close(); resolve(); };
        };
      })`);
    await until(page, 'self.outbox.waiting().then((records) => records.length === 0)');
    // As the worker keeps them: no form is open.
    await page.goto(`${server.url}/feedback/${code}/answer?lang=fr`);
    await keep('1111111111', 'Date.now()');
    await keep('2222222222', 'Date.now() - 3700000');
    await page.goto(`${server.url}/feedback/${code}?lang=fr`);
    await page.locator('#receipts .reference').waitFor();
    expect(await page.locator('#receipts .reference').allTextContents()).toEqual(['1111111111']);
    await page.reload();
    await until(page, 'self.outbox.takeReceipts().then((kept) => kept.length === 0)');
    expect(await page.locator('#receipts .reference').count()).toBe(0);
    await page.close();
  });

  it('works without a script', async () => {
    const before = await cases();
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: WIDTH, height: 780 } });
    const page = await context.newPage();
    await page.goto(`${server.url}/feedback/${code}?lang=fr`);
    await page.locator('#text').fill('Merci');
    await page.locator('#tell button').click();
    expect(await page.locator('.reference').textContent()).toMatch(/^\d{10}$/);
    await shot(page, 'no-script');
    // Sent again, as by going back and forth, it is the same case.
    await page.reload();
    expect(await cases()).toBe(before + 1);
    await context.close();
  });
});
