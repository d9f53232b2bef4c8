import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Aggregator, type Answering, hangUp, silence, startAggregator, statusOnly } from '../../test/support/gateways.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fillDeliveries, jobsOf, openWebhook, type TestWebhook } from '../../test/support/webhooks.ts';
import { system } from '../access/system.ts';
import { recordDeliveries, takeDeliveries } from './delivery-commands.ts';
import { engineOf } from './engine.ts';
import { sendOnce } from './send.ts';
import { newSecret } from './signing.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('delivering', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let receiver: Aggregator;
  let metadata: Aggregator;
  const opened: TestWebhook[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false, works: false });
    frame = await makeFrame(platform);
    receiver = await startAggregator();
    metadata = await startAggregator();
  });
  afterEach(async () => {
    for (const { id } of opened.splice(0)) await (await administrator()).post(`/v1/webhooks/${id}/end`).expect(200);
    receiver.asked.splice(0);
  });
  afterAll(async () => {
    await platform.close();
    receiver.close();
    metadata.close();
  });

  // Signed in anew each time, for the clock runs on and a second factor does not last.
  const administrator = (): Promise<Client> => platform.as('administrator');
  const open = async (): Promise<TestWebhook> => {
    const made = await openWebhook([await administrator(), await administrator()], frame.programmeId, receiver.url, ['voucher.expired']);
    opened.push(made);
    return made;
  };
  const send = () => jobsOf(platform).send();
  const shown = async ({ id }: TestWebhook) => (await (await administrator()).get(`/v1/webhooks/${id}`).expect(200)).body;
  const log = async ({ id }: TestWebhook, query = '') =>
    (await (await administrator()).get(`/v1/webhooks/${id}/deliveries${query}`).expect(200)).body.items;
  const attempts = async ({ id }: TestWebhook) => {
    const [{ id: deliveryId }] = await log({ id, secret: '' });
    return (await (await administrator()).get(`/v1/webhooks/${id}/deliveries/${deliveryId}`).expect(200)).body.log;
  };
  const alerts = async ({ id }: TestWebhook) =>
    (await platform.owner.query('select kind, facts from alerts where subject_id = $1 order by id', [id])).rows.map(({ kind }) => kind);

  const later: Answering = (response) => void response.writeHead(503, { 'retry-after': '600' }).end('come back');
  const redirected: Answering = (response) => void response.writeHead(307, { location: metadata.url }).end();
  const broken: Answering = (response) => {
    response.writeHead(500, { 'content-length': '1000' });
    response.write('\u001b[2Jhalf of');
    setTimeout(() => response.destroy(), 20);
  };

  it.each([
    ['says 500', statusOnly(500), { outcome: 'refused', status: 500, answered: '{}' }],
    ['says 404', statusOnly(404), { outcome: 'refused', status: 404 }],
    ['leads elsewhere', redirected, { outcome: 'refused', status: 307 }],
    ['takes it and hangs up', hangUp, { outcome: 'cut_off', status: null }],
    ['breaks off in the middle', broken, { outcome: 'refused', status: 500, answered: null }],
  ] as const)('is tried again when a receiver %s', async (_what, answer, attempt) => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 1);
    receiver.answer = answer;
    await send();
    expect(await attempts(webhook)).toEqual([expect.objectContaining({ number: 1, ...attempt })]);
    expect(await log(webhook)).toEqual([expect.objectContaining({ state: 'pending', attempts: 1 })]);
    platform.clock.skip(10_000);
    receiver.answer = statusOnly(204);
    await send();
    expect(await log(webhook)).toEqual([expect.objectContaining({ state: 'delivered', attempts: 2 })]);
    const [first, second] = receiver.asked;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.raw).toBe(first?.raw);
    expect(Number(second?.headers['webhook-timestamp'])).toBeGreaterThan(Number(first?.headers['webhook-timestamp']));
    expect(metadata.asked).toHaveLength(0);
  });

  it('gives up after the time it may take, and says so', async () => {
    receiver.answer = silence;
    const target = { url: receiver.url, secrets: [newSecret()] };
    const delivery = { id: 'd', eventId: 'e', body: '{}' };
    const rules = { privateAddresses: false, plainLoopback: true };
    expect(await sendOnce(target, delivery, new Date(), rules, { timeoutMs: 100, bytes: 100 })).toMatchObject({
      outcome: 'timed_out',
      status: null,
    });
    const nobody = { ...target, url: 'http://127.0.0.1:1/' };
    expect(await sendOnce(nobody, delivery, new Date(), rules)).toMatchObject({ outcome: 'unreachable', status: null });
    receiver.answer = (response) => void response.writeHead(200).end('x'.repeat(1_000));
    expect(await sendOnce(target, delivery, new Date(), rules, { timeoutMs: 5_000, bytes: 100 })).toMatchObject({
      outcome: 'delivered',
      status: 200,
    });
  });

  it('goes nowhere inside, although it could when the webhook was set up', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 1);
    await jobsOf(platform, false).send();
    expect(await attempts(webhook)).toEqual([expect.objectContaining({ outcome: 'not_allowed', status: null })]);
    await platform.owner.query(`update webhooks set url = 'https://localhost/', confirmed_by = null, state = 'off' where id = $1`, [
      webhook.id,
    ]);
    await platform.owner.query(`update webhooks set confirmed_by = $2, state = 'on' where id = $1`, [
      webhook.id,
      (await administrator()).userId,
    ]);
    platform.clock.skip(HOUR_MS);
    await send();
    expect((await attempts(webhook))[1]).toMatchObject({ outcome: 'not_allowed' });
    expect(receiver.asked).toHaveLength(0);
  });

  it('waits as long as a receiver asks', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 1);
    receiver.answer = later;
    await send();
    platform.clock.skip(9 * MINUTE_MS);
    await send();
    expect(receiver.asked).toHaveLength(1);
    receiver.answer = statusOnly(200);
    platform.clock.skip(2 * MINUTE_MS);
    await send();
    expect(receiver.asked).toHaveLength(2);
  });

  it('is given up when one event fails ten times while others arrive, listed, and sent again by hand', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 1);
    const [{ eventId, id }] = await log(webhook);
    const poison: Answering = (response, asked) => void response.writeHead(asked.headers['webhook-id'] === eventId ? 400 : 200).end();
    receiver.answer = poison;
    for (let i = 0; i < 12; i += 1) {
      await send();
      await fillDeliveries(platform, webhook, 1);
      await send();
      platform.clock.skip(27 * HOUR_MS);
    }
    expect(await log(webhook, '?state=dead')).toEqual([expect.objectContaining({ id, attempts: 10, nextTryAt: null })]);
    expect(await attempts(webhook)).toHaveLength(1);
    expect(await shown(webhook)).toMatchObject({ state: 'on', failures: 0 });
    receiver.answer = statusOnly(200);
    const by = await administrator();
    expect((await by.post(`/v1/webhooks/${webhook.id}/deliveries/${id}/resend`).expect(202)).body.state).toBe('pending');
    await send();
    expect((await by.get(`/v1/webhooks/${webhook.id}/deliveries/${id}`).expect(200)).body).toMatchObject({
      delivery: { state: 'delivered', attempts: 11 },
      log: { length: 11 },
    });
    // What arrived can be asked for again, too: the receiver knows it by its identifier.
    await by.post(`/v1/webhooks/${webhook.id}/deliveries/${id}/resend`).expect(202);
    await send();
    expect(receiver.asked.filter(({ headers }) => headers['webhook-id'] === eventId)).toHaveLength(12);
  });

  it('leaves a receiver alone that fails, pauses after a day with an alert, and loses nothing', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 50);
    receiver.answer = statusOnly(500);
    await send();
    // The first twenty went together; after that it is tried with one at a time, and left alone between.
    expect(receiver.asked).toHaveLength(20);
    expect(await shown(webhook)).toMatchObject({ state: 'on', failures: 20 });
    await send();
    expect(receiver.asked).toHaveLength(20);
    for (let i = 0; i < 5; i += 1) {
      platform.clock.skip(2 * HOUR_MS);
      await send();
    }
    expect(receiver.asked).toHaveLength(25);
    platform.clock.skip(15 * HOUR_MS);
    await send();
    expect(await shown(webhook)).toMatchObject({ state: 'paused', pauseReason: 'failing' });
    expect(await alerts(webhook)).toEqual(['webhooks.enabled', 'webhooks.paused']);
    platform.clock.skip(48 * HOUR_MS);
    await send();
    expect(receiver.asked).toHaveLength(26);
    receiver.answer = statusOnly(200);
    const by = await administrator();
    await by.post(`/v1/webhooks/${webhook.id}/resume`).expect(200);
    const { resent } = (await by.post(`/v1/webhooks/${webhook.id}/resend`, { since: '2020-01-01T00:00:00Z' }).expect(202)).body;
    expect(resent).toBeGreaterThan(15);
    await send();
    const delivered = await platform.owner.query(
      `select count(*)::int as n from webhook_deliveries where webhook_id = $1 and state = 'delivered'`,
      [webhook.id],
    );
    expect(delivered.rows[0].n).toBe(50);
  });

  it('pauses when the receiver says that it is gone', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 1);
    receiver.answer = statusOnly(410);
    await send();
    expect(await shown(webhook)).toMatchObject({ state: 'paused', pauseReason: 'gone' });
    expect(await alerts(webhook)).toEqual(['webhooks.enabled', 'webhooks.paused']);
  });

  it('sends none twice at the same moment, however many workers there are, and one that is slow keeps no other waiting', async () => {
    const [slow, quick] = [await open(), await open()];
    await fillDeliveries(platform, slow, 60);
    await fillDeliveries(platform, quick, 60);
    const mine = new Set((await log(quick, '?limit=200')).map(({ eventId }: { eventId: string }) => eventId));
    // The slow one answers when the other has everything, and not before.
    const held: (() => void)[] = [];
    let quickly = 0;
    receiver.answer = (response, { headers }) => {
      const answer = () => void response.writeHead(200).end();
      if (mine.has(headers['webhook-id'] as string)) {
        quickly += 1;
        answer();
        if (quickly === 60) for (const release of held.splice(0)) release();
      } else if (quickly < 60) held.push(answer);
      else answer();
    };
    await Promise.all(Array.from({ length: 4 }, send));
    const names = receiver.asked.map(({ headers }) => headers['webhook-id']);
    expect(names).toHaveLength(120);
    expect(new Set(names).size).toBe(120);
    expect(await log(slow, '?state=delivered&limit=200')).toHaveLength(60);
    expect((await shown(slow)).failures).toBe(0);
  });

  it('keeps nobody waiting for those who are slow, however many they are: whoever was served longest ago is next', async () => {
    const slow = [await open(), await open(), await open(), await open()];
    const take = (choice: 'any' | 'quick') => platform.app.execute(takeDeliveries, { choice }, { actor: system });
    const answered = (taken: NonNullable<Awaited<ReturnType<typeof take>>>, milliseconds: number) =>
      platform.app.execute(
        recordDeliveries,
        {
          webhookId: taken.webhookId,
          attempts: taken.deliveries.map(({ id }) => ({
            deliveryId: id,
            at: platform.clock.now(),
            milliseconds,
            outcome: 'delivered' as const,
            status: 200,
            answer: null,
            pauseMs: 0,
          })),
        },
        { actor: system },
      );
    for (const webhook of slow) await fillDeliveries(platform, webhook, 50);
    const quick = await open();
    await fillDeliveries(platform, quick, 50);
    const order: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      const taken = await take('any');
      if (!taken) throw new Error('something is due');
      order.push(taken.webhookId);
      await answered(taken, taken.webhookId === quick.id ? 50 : 9_000);
      platform.clock.skip(1_000);
    }
    expect(order).toEqual([...slow.map(({ id }) => id), quick.id, slow[0]?.id]);
    // Each of the slow ones holds what it has until the quick one has everything.
    const mine = new Set((await log(quick, '?limit=200')).map(({ eventId }: { eventId: string }) => eventId));
    const held: (() => void)[] = [];
    let left = 30;
    receiver.answer = (response, { headers }) => {
      const answer = () => void response.writeHead(200).end();
      if (mine.has(headers['webhook-id'] as string)) {
        left -= 1;
        answer();
        if (left === 0) for (const release of held.splice(0)) release();
      } else if (left > 0) held.push(answer);
      else answer();
    };
    await send();
    for (const webhook of [...slow, quick]) expect(await log(webhook, '?state=pending')).toEqual([]);
  });

  it('has one worker at a time with a receiver, whoever looks first', async () => {
    await fillDeliveries(platform, await open(), 60);
    const takes = Array.from({ length: 6 }, () => platform.app.execute(takeDeliveries, { choice: 'any' }, { actor: system }));
    expect((await Promise.all(takes)).filter((taken) => taken !== null)).toHaveLength(1);
  });

  it('ends what it has begun before it says that something failed', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 3);
    receiver.answer = statusOnly(200);
    const { app, clock } = platform;
    let takes = 0;
    const execute: typeof app.execute = async (command, input, execution) => {
      takes += command.name === 'webhooks.take_deliveries' ? 1 : 0;
      if (command.name === 'webhooks.take_deliveries' && takes === 1) throw new Error('the database is away');
      return app.execute(command, input, execution);
    };
    const engine = engineOf(
      { db: app.database.reader, execute, keyRing: app.keyRing, clock },
      { privateAddresses: false, plainLoopback: true },
    );
    await expect(engine.drain()).rejects.toThrow('away');
    expect(await log(webhook, '?state=delivered')).toHaveLength(3);
  });

  it('sends nothing that was taken before somebody led the webhook elsewhere', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 1);
    receiver.answer = statusOnly(200);
    // The worker has taken it, and looks at the webhook only now.
    const { app, clock } = platform;
    const by = await administrator();
    const execute: typeof app.execute = async (command, input, execution) => {
      const result = await app.execute(command, input, execution);
      if (command.name === 'webhooks.take_deliveries' && result)
        await by.patch(`/v1/webhooks/${webhook.id}`, '"2"', { url: metadata.url }).expect(200);
      return result;
    };
    const rules = { privateAddresses: false, plainLoopback: true };
    await engineOf({ db: app.database.reader, execute, keyRing: app.keyRing, clock }, rules).drain();
    expect(metadata.asked).toHaveLength(0);
    expect(receiver.asked).toHaveLength(0);
    expect(await log(webhook)).toEqual([expect.objectContaining({ state: 'pending', attempts: 0 })]);
  });

  it('takes over what a worker left behind when it died', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 3);
    receiver.answer = statusOnly(200);
    await platform.app.execute(takeDeliveries, { choice: 'any' }, { actor: system });
    await send();
    expect(receiver.asked).toHaveLength(0);
    platform.clock.skip(MINUTE_MS);
    await send();
    expect(receiver.asked).toHaveLength(3);
  });

  it('is forgotten after thirty days, with its attempts', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 3);
    receiver.answer = statusOnly(200);
    await send();
    platform.clock.skip(29 * 24 * HOUR_MS);
    await jobsOf(platform).forget();
    expect(await log(webhook)).toHaveLength(3);
    platform.clock.skip(2 * 24 * HOUR_MS);
    await jobsOf(platform).forget();
    expect(await log(webhook)).toHaveLength(0);
    const { rows } = await platform.owner.query(
      'select (select count(*) from webhook_events)::int as events, (select count(*) from webhook_attempts)::int as attempts',
    );
    expect(rows).toEqual([{ events: 0, attempts: 0 }]);
  });

  it('is not forgotten while it waits, however long the webhook is paused', async () => {
    const webhook = await open();
    await (await administrator()).post(`/v1/webhooks/${webhook.id}/pause`).expect(200);
    await fillDeliveries(platform, webhook, 2);
    platform.clock.skip(40 * 24 * HOUR_MS);
    await jobsOf(platform).forget();
    expect(await log(webhook, '?state=pending')).toHaveLength(2);
    receiver.answer = statusOnly(200);
    await (await administrator()).post(`/v1/webhooks/${webhook.id}/resume`).expect(200);
    await send();
    expect(receiver.asked).toHaveLength(2);
    // What nobody will be told any more goes with the log.
    await fillDeliveries(platform, webhook, 2);
    await (await administrator()).post(`/v1/webhooks/${webhook.id}/end`).expect(200);
    opened.splice(0);
    platform.clock.skip(31 * 24 * HOUR_MS);
    await jobsOf(platform).forget();
    expect(await log(webhook)).toEqual([]);
  });

  it('is kept apart in the database: nothing told is changed, nothing leaves a log but by its age, and no body is told twice', async () => {
    const webhook = await open();
    await fillDeliveries(platform, webhook, 1);
    receiver.answer = statusOnly(500);
    await send();
    const app = await platform.applicationClient();
    const [{ id, eventId }] = await log(webhook);
    await expect(app.query('update webhook_events set data = $2 where id = $1', [eventId, {}])).rejects.toMatchObject({ code: '42501' });
    await expect(platform.owner.query('update webhook_events set data = $2 where id = $1', [eventId, {}])).rejects.toMatchObject({
      constraint: 'webhook_events_append_only',
    });
    await expect(platform.owner.query('update webhook_attempts set status = 200')).rejects.toMatchObject({
      constraint: 'webhook_attempts_append_only',
    });
    await expect(
      app.query(
        'insert into webhook_deliveries (id, webhook_id, event_id, next_try_at, created_at) values (gen_random_uuid(), $1, $2, now(), now())',
        [webhook.id, eventId],
      ),
    ).rejects.toMatchObject({ constraint: 'webhook_deliveries_once' });
    await expect(
      app.query(`update webhook_deliveries set state = 'delivered', attempts = 0, tries = 0 where id = $1`, [id]),
    ).rejects.toMatchObject({
      constraint: 'webhook_deliveries_delivered',
    });
    await expect(app.query(`update webhook_deliveries set event_id = id where id = $1`, [id])).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`update webhooks set state = 'paused', pause_reason = null where id = $1`, [webhook.id])).rejects.toMatchObject({
      constraint: 'webhooks_pause_reason',
    });
    await expect(platform.owner.query('delete from webhooks where id = $1', [webhook.id])).rejects.toMatchObject({
      constraint: 'webhooks_append_only',
    });
  });
});
