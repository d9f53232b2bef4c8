import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receive } from '../../docs/examples/verify-webhook.ts';
import { dumpDatabase } from '../../test/support/dump.ts';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Aggregator, startAggregator, statusOnly } from '../../test/support/gateways.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { addWebhook, jobsOf, openWebhook } from '../../test/support/webhooks.ts';

describe('webhooks', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let administrator: Client;
  let colleague: Client;
  let receiver: Aggregator;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false, works: false });
    frame = await makeFrame(platform);
    administrator = await platform.as('administrator');
    colleague = await platform.as('administrator');
    receiver = await startAggregator();
    receiver.answer = statusOnly(204);
  });
  afterAll(async () => {
    await platform.close();
    receiver.close();
  });

  const add = (events: readonly string[] = ['voucher.paid']) => addWebhook(administrator, frame.programmeId, receiver.url, events);
  const at = (id: string, rest = '') => `/v1/webhooks/${id}${rest}`;
  const read = async (id: string) => (await administrator.get(at(id)).expect(200)).body;
  const enable = (by: Client, id: string, version = 1) => by.post(at(id, '/enable')).set('If-Match', `"${version}"`);

  it('begin switched off, and are shown without what signs', async () => {
    const { id, secret } = await add();
    expect(secret).toMatch(/^whsec_/);
    const shown = await read(id);
    expect(shown).toMatchObject({
      state: 'off',
      events: ['voucher.paid'],
      makers: [administrator.userId],
      confirmedBy: null,
      since: null,
      failures: 0,
    });
    const { items } = (await administrator.get(`/v1/programmes/${frame.programmeId}/webhooks`).expect(200)).body;
    expect(items[0]).toEqual(shown);
    await (await platform.as('auditor')).get(at(id)).expect(200);
    await (await platform.as('finance_officer')).get(at(id)).expect(403);
    await (await platform.as('finance_officer')).post(`/v1/programmes/${frame.programmeId}/webhooks`, {}).expect(403);
  });

  it('go nowhere inside, and nowhere without TLS', async () => {
    for (const url of [
      'http://erp.example.org/hooks',
      'https://10.0.0.1/hooks',
      'https://[::1]/hooks',
      'https://169.254.169.254/latest/meta-data',
      'https://user:password@erp.example.org/hooks',
      'http://127.0.0.1.example.org/',
      'https://',
    ]) {
      const { body } = await administrator
        .post(`/v1/programmes/${frame.programmeId}/webhooks`, { url, events: ['voucher.paid'], description: 'x' })
        .expect(400);
      expect(body.errors, url).toEqual([expect.objectContaining({ pointer: '/body/url' })]);
    }
    const { id } = await add();
    await administrator.patch(at(id), '"1"', { url: 'https://192.168.1.1/' }).expect(400);
    expect((await read(id)).url).toBe(receiver.url);
  });

  it('are switched on by somebody who had no hand in them, once more after each change of where they go', async () => {
    const { id } = await add();
    for (const by of [administrator]) expect((await enable(by, id).expect(403)).body.code).toBe('separation_of_duties');
    await enable(colleague, id, 9).expect(409);
    expect((await enable(colleague, id).expect(200)).body).toMatchObject({ state: 'on', confirmedBy: colleague.userId });
    await enable(colleague, id, 2).expect(409);
    const described = (await administrator.patch(at(id), '"2"', { description: 'Another name' }).expect(200)).body;
    expect(described).toMatchObject({ state: 'on', confirmedBy: colleague.userId });
    const moved = (await colleague.patch(at(id), '"3"', { url: `${receiver.url}/elsewhere` }).expect(200)).body;
    expect(moved).toMatchObject({ state: 'off', makers: [colleague.userId], confirmedBy: null });
    await enable(colleague, id, 4).expect(403);
    const both = (await administrator.patch(at(id), '"4"', { events: ['voucher.expired'] }).expect(200)).body;
    expect(both.makers.toSorted()).toEqual([administrator.userId, colleague.userId].toSorted());
    for (const by of [administrator, colleague]) await enable(by, id, 5).expect(403);
    await enable(await platform.as('administrator'), id, 5).expect(200);
    await administrator.patch(at(id), '"5"', { description: 'Stale' }).expect(409);
  });

  it('are of their programme alone', async () => {
    const other = await makeFrame(platform);
    const { id } = await add();
    const stranger = await platform.as('administrator', { programme: other.programmeId });
    const own = await platform.as('administrator', { programme: frame.programmeId });
    await own.get(at(id)).expect(200);
    await stranger.get(at(id)).expect(404);
    await stranger.get(at(id, '/deliveries')).expect(404);
    for (const action of ['/pause', '/resume', '/end', '/ping']) await stranger.post(at(id, action)).expect(404);
    await stranger.post(at(id, '/secret'), {}).expect(404);
    await stranger.post(at(id, '/resend'), { since: '2026-01-01T00:00:00Z' }).expect(404);
    await enable(stranger, id).expect(404);
    await stranger.patch(at(id), '"1"', { description: 'Mine' }).expect(404);
    await stranger.get(`/v1/programmes/${frame.programmeId}/webhooks`).expect(404);
    await administrator.get(at(randomUUID())).expect(404);
    const { id: deliveryId } = (await administrator.post(at(id, '/ping')).expect(202)).body;
    const another = await add();
    await administrator.get(at(another.id, `/deliveries/${deliveryId}`)).expect(404);
    await administrator.post(at(another.id, `/deliveries/${deliveryId}/resend`)).expect(404);
  });

  it('ask for a fresh second factor where something leaves, and for the version where something changes', async () => {
    const { id } = await add();
    await administrator.patch(at(id), '', { description: 'x' }).expect(400);
    await colleague.post(at(id, '/enable')).expect(400);
    const stale = await platform.as('administrator');
    await platform.owner.query(`update sessions set second_factor_at = now() - interval '6 minutes' where user_id = $1`, [stale.userId]);
    for (const request of [
      stale.post(`/v1/programmes/${frame.programmeId}/webhooks`, { url: receiver.url, events: ['voucher.paid'], description: 'x' }),
      enable(stale, id),
      stale.post(at(id, '/secret'), {}),
      stale.post(at(id, '/ping')),
    ])
      expect((await request.expect(401)).body.code).toBe('step_up_required');
  });

  it('are tried while they are off, paused and resumed by hand, and ended for good', async () => {
    const { id, secret } = await openWebhook([administrator, colleague], frame.programmeId, receiver.url, ['voucher.paid']);
    const before = receiver.asked.length;
    expect((await administrator.post(at(id, '/pause')).expect(200)).body).toMatchObject({ state: 'paused', pauseReason: 'by_hand' });
    await administrator.post(at(id, '/pause')).expect(409);
    const ping = (await administrator.post(at(id, '/ping')).expect(202)).body;
    await jobsOf(platform).send();
    const mine = receiver.asked.slice(before).find(({ headers }) => headers['webhook-id'] === ping.eventId);
    expect(receive(secret, mine?.headers as Record<string, string>, mine?.raw ?? '', () => false)).toMatchObject({
      type: 'webhook.ping',
      data: { programmeId: frame.programmeId, webhookId: id },
    });
    const { log, body, delivery } = (await administrator.get(at(id, `/deliveries/${ping.id}`)).expect(200)).body;
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 1, nextTryAt: null });
    expect(body).toBe(mine?.raw);
    expect(log).toEqual([expect.objectContaining({ number: 1, outcome: 'delivered', status: 204, answered: null })]);
    expect((await administrator.post(at(id, '/resume')).expect(200)).body).toMatchObject({ state: 'on', pauseReason: null });
    await administrator.post(at(id, '/resume')).expect(409);
    expect((await administrator.post(at(id, '/end')).expect(200)).body.state).toBe('ended');
    for (const action of ['/pause', '/resume', '/end', '/ping']) await administrator.post(at(id, action)).expect(409);
    await administrator.post(at(id, '/secret'), {}).expect(409);
  });

  it('have a secret that is told once, kept sealed, and replaced while both sign', async () => {
    const { id, secret } = await add();
    const rotated = (await administrator.post(at(id, '/secret'), { overlapHours: 2 }).expect(200)).body;
    expect(rotated.secret).not.toBe(secret);
    const arrived = async () => {
      const { eventId } = (await administrator.post(at(id, '/ping')).expect(202)).body;
      await jobsOf(platform).send();
      return receiver.asked.find(({ headers }) => headers['webhook-id'] === eventId);
    };
    const isTaken = (by: string, asked: Awaited<ReturnType<typeof arrived>>) => {
      try {
        const now = Number(asked?.headers['webhook-timestamp']);
        return receive(by, asked?.headers as Record<string, string>, asked?.raw ?? '', () => false, now) !== undefined;
      } catch {
        return false;
      }
    };
    const during = await arrived();
    expect([isTaken(secret, during), isTaken(rotated.secret, during)]).toEqual([true, true]);
    platform.clock.skip(2 * 3_600_000 + 1_000);
    await platform.owner.query(`update sessions set second_factor_at = $1`, [platform.clock.now()]);
    const after = await arrived();
    expect([isTaken(secret, after), isTaken(rotated.secret, after)]).toEqual([false, true]);
    const everything = (await dumpDatabase(platform.owner)).map(({ text }) => text).join('\n') + platform.log.join('\n');
    expect(everything).toContain(id);
    for (const told of [secret, rotated.secret]) {
      expect(everything).not.toContain(told);
      expect(everything).not.toContain(told.slice('whsec_'.length));
    }
    expect(JSON.stringify(await read(id))).not.toContain('whsec_');
  });
});
