import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, newId } from '../../src/platform/index.ts';
import { makeFrame } from '../support/fixtures.ts';
import { type Aggregator, accepted, addGateway, httpGatewayTo, startAggregator } from '../support/gateways.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { fillQueue } from '../support/queue.ts';
import { type DoomedProcess, endAll, environment, keys, startDoomed } from './doomed-process.ts';
import type { SenderOrder } from './sender.ts';

const MESSAGES = 2_000;
/** After how many requests each worker is killed. */
const KILLS = [333, 1_111];
const MINUTES_MS = 120_000;
/** What a worker has taken and not recorded when it dies. */
const AT_RISK = 2 * 100;

/** A Redis of its own, that forgets everything when it is killed; undefined where there is none. */
async function startRedis(port: number): Promise<ChildProcess> {
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('close', () => socket.destroy());
      socket.once('connect', () => socket.end());
    });
  await expect.poll(answers, { timeout: 10_000 }).toBe(true);
  return redis;
}
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

describe('a queue of messages whose workers are killed, and the Redis that tells them when', () => {
  let platform: TestPlatform;
  let aggregator: Aggregator;
  let redis: ChildProcess | undefined;
  let redisPort = 0;
  const workers: DoomedProcess[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false, environment });
    aggregator = await startAggregator();
    if (hasRedis) redisPort = await freePort();
  });
  afterAll(async () => {
    endAll(workers);
    redis?.kill('SIGKILL');
    await platform.close();
    aggregator.close();
  });

  it('loses none: each is sent, and a repeat says the same under the same reference', async () => {
    const frame = await makeFrame(platform);
    await addGateway(platform, { ...httpGatewayTo(aggregator.url, { timeoutMs: 5_000 }), perSecond: 10_000 });
    await fillQueue(platform.owner, platform.app.keyRing, frame, MESSAGES);
    const queuePrefix = newId();
    let kill = () => {};
    let after = Number.POSITIVE_INFINITY;
    aggregator.answer = (response, asked, request) => {
      if (aggregator.asked.length >= after) kill();
      return accepted(response, asked, request);
    };
    const left = async () => Number((await platform.owner.query(`select count(*) from messages where state <> 'accepted'`)).rows[0].count);

    for (const [i, requests] of [...KILLS, Number.POSITIVE_INFINITY].entries()) {
      if (hasRedis) redis = await startRedis(redisPort);
      const redisUrl = hasRedis ? `redis://127.0.0.1:${redisPort}` : undefined;
      const ahead = i * MINUTES_MS;
      const worker = await startDoomed<SenderOrder>(platform, 'sender.ts', { ...keys, redisUrl, queuePrefix, ahead });
      workers.push(worker);
      const { child } = worker;
      after = requests;
      const killed = new Promise<void>((resolve) => {
        kill = () => {
          after = Number.POSITIVE_INFINITY;
          redis?.kill('SIGKILL');
          child.once('exit', () => resolve());
          child.kill('SIGKILL');
        };
      });
      child.send('work');
      if (requests === Number.POSITIVE_INFINITY) break;
      await killed;
      expect(await left()).toBeGreaterThan(0);
    }
    await expect.poll(left, { timeout: 60_000, interval: 100 }).toBe(0);

    const sent = new Map<string, Set<string>>();
    for (const { body } of aggregator.asked) sent.set(body.reference, (sent.get(body.reference) ?? new Set()).add(JSON.stringify(body)));
    expect(sent.size).toBe(MESSAGES);
    expect([...sent.values()].every(({ size }) => size === 1)).toBe(true);
    expect(aggregator.asked.length - MESSAGES).toBeLessThanOrEqual(KILLS.length * AT_RISK);
    const { rows } =
      await platform.owner.query(`select count(*)::int as messages, count(distinct m.gateway_reference)::int as names, min(m.attempts) as least,
        max(m.attempts) as most from messages m join vouchers v on v.id = m.voucher_id where v.state = 'activated' and m.state = 'accepted'`);
    expect(rows).toEqual([{ messages: MESSAGES, names: MESSAGES, least: 1, most: 1 }]);
  }, 120_000);
});
