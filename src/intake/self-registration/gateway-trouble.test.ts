import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../../test/support/fixtures.ts';
import { type Aggregator, accepted, addGateway, httpGatewayTo, startAggregator, statusOnly } from '../../../test/support/gateways.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { openDoor, ownParticulars, stranger } from '../../../test/support/public-door.ts';
import { loadPilotGeography } from '../../seeding.ts';

describe('a gateway in trouble', () => {
  let platform: TestPlatform;
  let gateway: Aggregator;

  beforeAll(async () => {
    gateway = await startAggregator();
    gateway.answer = statusOnly(503);
    platform = await startPlatform({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    await addGateway(platform, httpGatewayTo(gateway.url));
    await loadPilotGeography(platform.app.execute);
  });
  afterAll(async () => {
    await platform.close();
    gateway.close();
  });

  it('is asked again with the same code, and what did not arrive is not counted as sent', async () => {
    const programme = await openDoor(platform, await makeFrame(platform));
    const own = ownParticulars(programme);
    const { body } = await stranger(platform).register(own).expect(202);
    const attempts = async () =>
      (await platform.owner.query(`select attempts from follow_ups where job = 'intake.send_proof_code'`)).rows[0]?.attempts;
    await expect.poll(attempts, { timeout: 15_000 }).toBeGreaterThan(0);
    const counted = async () =>
      (await platform.owner.query(`select sum(points)::int as n from rate_limits where key like '%messages%'`)).rows[0].n;
    await expect.poll(counted, { timeout: 5_000 }).toBe(0);
    gateway.answer = accepted;
    gateway.asked.length = 0;
    await platform.settled();
    const received = gateway.asked.map(({ body: sms }) => sms);
    expect(received.map(({ to }) => to)).toEqual([own.phone]);
    expect(await counted()).toBe(2);
    const code = /\d{6}/.exec(received[0]?.text ?? '')?.[0] ?? '';
    await stranger(platform).prove(body.reference, code).expect(200);
    expect(platform.log.join('')).not.toMatch(new RegExp(`${code}|${own.phone.slice(1)}`));
  });

  it('is not asked again for a number that it will never take', async () => {
    gateway.answer = statusOnly(422);
    const programme = await openDoor(platform, await makeFrame(platform));
    await stranger(platform).register(ownParticulars(programme)).expect(202);
    await platform.settled();
    const { rowCount } = await platform.owner.query('select from follow_ups');
    expect(rowCount).toBe(0);
  });
});
