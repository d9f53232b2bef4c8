import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { addGateway } from '../../../test/support/gateways.ts';
import { type Carrier, carriers, ORIGIN } from '../../../test/support/misbehaving.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeVouchers } from '../../../test/support/vouchers.ts';

const SLOW_MS = 150;
const HOUR_MS = 3_600_000;

describe.each(Object.entries(carriers))('over %s', (_kind, start) => {
  let platform: TestPlatform;
  let frame: Frame;
  let carrier: Carrier;
  let gatewayId: string;
  beforeAll(async () => {
    platform = await startPlatform({
      recurring: false,
      environment: { PUBLIC_URL: ORIGIN, TRUSTED_PROXIES: '127.0.0.1,::1,::ffff:127.0.0.1' },
    });
    frame = await makeFrame(platform);
    carrier = await start();
    gatewayId = await addGateway(platform, carrier.gateway);
  });
  afterAll(async () => {
    await platform.close();
    carrier.close();
  });
  beforeEach(async () => {
    carrier.texts.length = 0;
    carrier.behave = (message) => message.take();
    await platform.owner.query('update gateway_paces set failures = 0, closed_until = null');
  });

  const sent = async (): Promise<string> => (await makeVouchers(platform, frame, 1))[0]?.listId ?? expect.fail('a list');
  const later = async () => {
    platform.clock.skip(HOUR_MS);
    await platform.app.jobs.trigger('messaging.send_due');
    await platform.settled();
  };
  const messageOf = async (listId: string) =>
    (
      await platform.owner.query(
        `select m.state, m.attempts, m.last_error, m.gateway_reference, v.state as voucher, v.counter
        from messages m join vouchers v on v.id = m.voucher_id where m.list_id = $1`,
        [listId],
      )
    ).rows;
  const sentOnce = { state: 'accepted', attempts: 1, voucher: 'activated' };
  /** How often the text came, and how many different ones that were. */
  const came = () => [carrier.texts.length, new Set(carrier.texts).size];

  it('a slow answer is an answer', async () => {
    carrier.behave = async (message) => {
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      message.take();
    };
    expect(await messageOf(await sent())).toMatchObject([sentOnce]);
    expect(came()).toEqual([1, 1]);
  });

  it('a text that was answered with an error is sent again, the same', async () => {
    carrier.behave = (message) => message.fail();
    const list = await sent();
    expect(await messageOf(list)).toMatchObject([{ state: 'pending', voucher: 'issued' }]);
    carrier.behave = (message) => message.take();
    await later();
    expect(await messageOf(list)).toMatchObject([{ state: 'accepted', voucher: 'activated' }]);
    expect(carrier.texts.length).toBeGreaterThan(1);
    expect(new Set(carrier.texts).size).toBe(1);
  });

  it.each([
    ['taken, and then the line is cut', (message: Parameters<Carrier['behave']>[0]) => message.hangUp()],
    ['taken, and never answered', () => {}],
  ])('a text that is %s may have arrived, so that the same is sent again and never a new code', async (_how, behave) => {
    carrier.behave = behave;
    const list = await sent();
    expect(await messageOf(list)).toMatchObject([{ state: 'pending', last_error: 'no_answer', voucher: 'issued' }]);
    carrier.behave = (message) => message.take();
    await later();
    const [message] = await messageOf(list);
    expect(message).toMatchObject({ state: 'accepted', voucher: 'activated' });
    expect(came()).toEqual([2, 1]);
  });

  it('a receipt that comes twice, and once more at the same time, counts once', async () => {
    const list = await sent();
    const [{ gateway_reference: reference }] = await messageOf(list);
    await carrier.report(platform, gatewayId, reference);
    await Promise.all([1, 2].map(() => carrier.report(platform, gatewayId, reference)));
    expect(await messageOf(list)).toMatchObject([{ ...sentOnce, state: 'delivered' }]);
    const { rowCount } = await platform.owner.query('select from message_receipts where gateway_id = $1', [gatewayId]);
    expect(rowCount).toBe(0);
  });

  it('a receipt before the answer waits for it', async () => {
    carrier.behave = async (message) => {
      await carrier.report(platform, gatewayId, message.reference);
      message.take();
    };
    expect(await messageOf(await sent())).toMatchObject([{ ...sentOnce, state: 'delivered' }]);
    expect(came()).toEqual([1, 1]);
  });

  it('a receipt that never comes changes nothing', async () => {
    const list = await sent();
    await later();
    expect(await messageOf(list)).toMatchObject([sentOnce]);
    expect(came()).toEqual([1, 1]);
  });
});
