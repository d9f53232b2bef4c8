import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../support/fixtures.ts';
import { type Aggregator, startAggregator } from '../support/gateways.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { fillDeliveries, openWebhook } from '../support/webhooks.ts';
import { type DoomedProcess, endAll, environment, keys, startDoomed } from './doomed-process.ts';
import type { WorkerOrder } from './worker.ts';

const EVENTS = 90;
/** After how many requests a worker is killed. */
const KILLS = [30];
/** Longer than a dead worker's lease. */
const MINUTES_MS = 120_000;
/** What a worker has taken and not recorded when it dies. */
const AT_RISK = 20;

describe('webhooks whose workers are killed', () => {
  let platform: TestPlatform;
  let receiver: Aggregator;
  const workers: DoomedProcess[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false, works: false, environment });
    receiver = await startAggregator();
  });
  afterAll(async () => {
    endAll(workers);
    await platform.close();
    receiver.close();
  });

  it('lose nothing: each event arrives, and one that comes twice says the same under the same identifier', async () => {
    const { programmeId } = await makeFrame(platform);
    const administrators = [await platform.as('administrator'), await platform.as('administrator')] as const;
    const webhook = await openWebhook(administrators, programmeId, receiver.url, ['voucher.expired']);
    await fillDeliveries(platform, webhook, EVENTS);
    let kill = () => {};
    let after = Number.POSITIVE_INFINITY;
    receiver.answer = (response) => {
      if (receiver.asked.length >= after) kill();
      response.writeHead(200).end();
    };
    const left = async () =>
      (await platform.owner.query(`select count(*)::int as n from webhook_deliveries where state <> 'delivered'`)).rows[0].n;
    for (const [i, requests] of [...KILLS, Number.POSITIVE_INFINITY].entries()) {
      const worker = await startDoomed<WorkerOrder>(platform, 'teller.ts', { ...keys, ahead: i * MINUTES_MS });
      workers.push(worker);
      after = requests;
      const killed = new Promise<void>((resolve) => {
        kill = () => {
          after = Number.POSITIVE_INFINITY;
          worker.child.once('exit', () => resolve());
          worker.child.kill('SIGKILL');
        };
      });
      worker.child.send('work');
      if (requests === Number.POSITIVE_INFINITY) break;
      await killed;
      expect(await left()).toBeGreaterThan(0);
    }
    await expect.poll(left, { timeout: 60_000, interval: 20 }).toBe(0);
    const said = new Map<string, Set<string>>();
    for (const { headers, raw } of receiver.asked) {
      const id = String(headers['webhook-id']);
      said.set(id, (said.get(id) ?? new Set()).add(raw));
    }
    expect(said.size).toBe(EVENTS);
    expect([...said.values()].every(({ size }) => size === 1)).toBe(true);
    expect(receiver.asked.length - EVENTS).toBeLessThanOrEqual(KILLS.length * AT_RISK);
  }, 120_000);
});
