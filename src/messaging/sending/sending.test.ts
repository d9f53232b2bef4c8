import { createHmac, randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../../test/support/fixtures.ts';
import {
  type Aggregator,
  accepted,
  addGateway,
  hangUp,
  httpGatewayTo,
  startAggregator,
  statusOnly,
} from '../../../test/support/gateways.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeVouchers, sendMessages } from '../../../test/support/vouchers.ts';
import { system } from '../../access/index.ts';
import type { Gateway } from '../gateways/gateway.ts';
import type { Gateways } from '../gateways/registry.ts';
import { takeMessages, takeTurn } from './commands.ts';
import { engineOf } from './engine.ts';

describe('the queue of messages', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let administrator: Client;
  let officer: Client;
  let one: Aggregator;
  let two: Aggregator;
  let first: string;
  let second: string;
  beforeAll(async () => {
    [one, two] = [await startAggregator(), await startAggregator()];
    platform = await startPlatform({ recurring: false, environment: { TRUSTED_PROXIES: '127.0.0.1,::1,::ffff:127.0.0.1' } });
    frame = await makeFrame(platform);
    administrator = await platform.as('administrator');
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    first = await addGateway(platform, httpGatewayTo(one.url), 1, administrator);
    const { settings, ...rest } = httpGatewayTo(two.url);
    const addresses = { ...settings.receipts, signature: undefined, addresses: ['192.0.2.0/24'] };
    second = await addGateway(platform, { ...rest, settings: { ...settings, receipts: addresses } }, 2, administrator);
  });
  afterAll(async () => {
    await platform.close();
    one.close();
    two.close();
  });
  beforeEach(async () => {
    for (const aggregator of [one, two]) {
      aggregator.asked.length = 0;
      aggregator.answer = accepted;
    }
    await platform.owner.query('update gateway_paces set failures = 0, closed_until = null');
  });

  const listOf = async (count: number, send = true) =>
    (await makeVouchers(platform, frame, count, { send }))[0]?.listId ?? expect.fail('a list');
  const tick = async () => {
    await platform.app.jobs.trigger('messaging.send_due');
    await platform.settled();
  };
  const messagesOf = async (listId: string) =>
    (
      await platform.owner.query(
        `select m.id, m.state, m.attempts, m.last_error, m.gateway_id, m.gateway_reference, m.reported_at, v.id as voucher_id, v.state as voucher
        from messages m join vouchers v on v.id = m.voucher_id where m.list_id = $1 order by m.created_at, m.id`,
        [listId],
      )
    ).rows;
  const signed = (body: string) => createHmac('sha256', 'receipt-secret').update(body).digest('hex');
  const report = (gatewayId: string, body: object | string, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return supertest(platform.app.http)
      .post(`/v1/gateways/${gatewayId}/receipts`)
      .set({ 'content-type': 'application/json', 'x-signature': signed(text), ...headers })
      .send(text);
  };

  it('goes by the first gateway, with the code that somebody waits for before those of a list', async () => {
    const listId = await listOf(6, false);
    const latest = (await messagesOf(listId)).at(-1);
    await platform.owner.query('update messages set urgent = true where id = $1', [latest.id]);
    await platform.owner.query('update gateways set per_second = 10 where id = $1', [first]);
    await sendMessages(platform, listId);
    await platform.owner.query('update gateways set per_second = 1000 where id = $1', [first]);
    expect(one.asked[0]?.body.reference).toBe(latest.id);
    expect(one.asked).toHaveLength(6);
    expect(two.asked).toHaveLength(0);
  });

  it('keeps to the pace of a gateway, whoever takes turns at it', async () => {
    await platform.owner.query(`update gateway_paces set free_at = clock_timestamp() + interval '1 minute' where gateway_id = $1`, [first]);
    const freeAt = async () =>
      (await platform.owner.query('select free_at from gateway_paces where gateway_id = $1', [first])).rows[0].free_at.getTime();
    const before = await freeAt();
    const turns = await Promise.all(
      Array.from({ length: 40 }, () => platform.app.execute(takeTurn, { gatewayId: first, perSecond: 100 }, { actor: system })),
    );
    expect(turns.every(({ everyMs }) => everyMs === 10)).toBe(true);
    expect(await freeAt()).toBe(before + 400);
    await platform.owner.query(`alter table gateway_paces disable trigger free_stays`);
    await platform.owner.query(`update gateway_paces set free_at = now()`);
    await platform.owner.query(`alter table gateway_paces enable trigger free_stays`);
  });

  it('is shared by several workers: each message is sent once', async () => {
    const listId = await listOf(24, false);
    await platform.owner.query(`update messages set next_try_at = '-infinity' where list_id = $1`, [listId]);
    const { keyRing, execute, database } = platform.app;
    const sent: string[] = [];
    const send: Gateway['send'] = async ({ reference }) => {
      sent.push(reference);
      return { outcome: 'accepted', reference };
    };
    const gateway: Gateway = { concurrency: 2, send, close: async () => {} };
    const worker = () =>
      engineOf({ db: database.reader, execute, keyRing, clock: platform.clock }, { of: () => gateway } as unknown as Gateways);
    await Promise.all(Array.from({ length: 4 }, () => worker().drain()));
    expect(sent).toHaveLength(24);
    expect(new Set(sent).size).toBe(24);
    expect((await messagesOf(listId)).every(({ state, voucher }) => state === 'accepted' && voucher === 'activated')).toBe(true);
  });

  it('hands nothing to a gateway that somebody has led elsewhere since the messages were taken', async () => {
    const listId = await listOf(3, false);
    await platform.owner.query(`update messages set next_try_at = '-infinity' where list_id = $1`, [listId]);
    const { keyRing, execute, database } = platform.app;
    const sent: string[] = [];
    const send: Gateway['send'] = async ({ reference }) => {
      sent.push(reference);
      return { outcome: 'accepted', reference };
    };
    const gateway: Gateway = { concurrency: 2, send, close: async () => {} };
    let taken = 0;
    const thenChanged = (async (what: typeof takeMessages, ...rest: [never, never]) => {
      const result = await execute(what, ...rest);
      if (what === takeMessages && result) {
        taken += result.ids.length;
        await platform.owner.query('update gateways set enabled = false');
      }
      return result;
    }) as unknown as typeof execute;
    const ground = { db: database.reader, execute: thenChanged, keyRing, clock: platform.clock };
    await engineOf(ground, { of: () => gateway } as unknown as Gateways).drain();
    expect([taken, sent]).toEqual([3, []]);
    expect(
      (await messagesOf(listId)).every(({ state, attempts, voucher }) => state === 'pending' && attempts === 0 && voucher !== 'activated'),
    ).toBe(true);
    await platform.owner.query('update gateways set enabled = true');
    await tick();
    expect((await messagesOf(listId)).every(({ state }) => state === 'accepted')).toBe(true);
  });

  it.each([
    ['is accepted', ['accepted', 'accepted'], [1, 0], true],
    ['is not reached', ['unreached', 'accepted'], [1, 1], true],
    ['does not let us in', ['down', 'accepted'], [1, 1], true],
    ['gives no answer', ['unknown', 'accepted'], [1, 1], true],
    ['refuses the number', ['refused', 'accepted'], [1, 0], true],
    ['asks to wait', ['later', 'accepted'], [1, 0], false],
    ['is as silent as the others', ['down', 'unknown'], [1, 1], false],
  ] as const)(
    'is passed by a text of its own, which goes on to the next gateway only without an answer: %s',
    async (_what, outcomes, tries, isSent) => {
      const { keyRing, execute, database } = platform.app;
      const tried = [0, 0];
      const of: Gateways['of'] = ({ gateway: { id } }) => {
        const which = id === first ? 0 : 1;
        const send: Gateway['send'] = async ({ reference }) => {
          tried[which] = (tried[which] ?? 0) + 1;
          return { outcome: outcomes[which], reference };
        };
        return { concurrency: 1, send, close: async () => {} };
      };
      const engine = engineOf({ db: database.reader, execute, keyRing, clock: platform.clock }, { of } as Gateways);
      const sending = engine.sendNow({ to: '+213550123456', text: 'A code', reference: randomUUID() });
      expect(
        await sending.then(
          () => true,
          () => false,
        ),
      ).toBe(isSent);
      expect(tried).toEqual(tries);
      const { rows } = await platform.owner.query('select failures from gateway_paces where gateway_id = any($1)', [[first, second]]);
      const silent = outcomes.filter((outcome, i) => tries[i] === 1 && ['down', 'unreached', 'unknown'].includes(outcome));
      expect(rows.reduce((sum, { failures }) => sum + failures, 0)).toBe(silent.length);
    },
  );

  it('goes by the next gateway while the first is down, and comes back to it by one message', async () => {
    one.answer = statusOnly(503);
    const listId = await listOf(8);
    platform.clock.skip(10_000);
    await tick();
    const messages = await messagesOf(listId);
    expect(messages.every(({ state, gateway_id }) => state === 'accepted' && gateway_id === second)).toBe(true);
    expect((await administrator.get(`/v1/gateways/${first}`).expect(200)).body).toMatchObject({
      failures: 5,
      closedUntil: expect.any(String),
    });
    const tried = one.asked.length;
    expect(tried).toBeLessThan(30);
    await listOf(2);
    expect(one.asked).toHaveLength(tried);
    one.answer = accepted;
    platform.clock.skip(31_000);
    await listOf(3);
    expect(one.asked.length).toBeGreaterThan(tried);
    const after = await listOf(3);
    expect((await messagesOf(after)).every(({ gateway_id }) => gateway_id === first)).toBe(true);
    expect((await administrator.get(`/v1/gateways/${first}`).expect(200)).body).toMatchObject({ failures: 0, closedUntil: null });
  });

  it('does not try another gateway with a number that one has refused', async () => {
    one.answer = statusOnly(400);
    const [message] = await messagesOf(await listOf(1));
    expect(message).toMatchObject({ state: 'failed', last_error: 'refused', attempts: 1, gateway_id: first });
    expect(two.asked).toHaveLength(0);
  });

  it('leaves a gateway alone for as long as it asks, and sends the same again', async () => {
    one.answer = statusOnly(429, { 'retry-after': '1' });
    const listId = await listOf(2);
    expect(await messagesOf(listId)).toMatchObject([1, 2].map(() => ({ state: 'pending', last_error: 'refused_for_now' })));
    one.answer = accepted;
    platform.clock.skip(10_000);
    await tick();
    expect(await messagesOf(listId)).toMatchObject([1, 2].map(() => ({ state: 'accepted', gateway_id: first })));
    const texts = new Map(one.asked.map(({ body }) => [body.reference, new Set<string>()]));
    for (const { body } of one.asked) texts.get(body.reference)?.add(body.text);
    expect([...texts.values()].map(({ size }) => size)).toEqual([1, 1]);
  });

  describe('receipts', () => {
    const delivered = (id: string) => ({ id, status: 'DELIVRD', at: '2026-01-01T10:00:00Z' });

    it('are taken from who signs them, or comes from an address that is named, and from nobody else', async () => {
      const [message] = await messagesOf(await listOf(1));
      const body = delivered(message.gateway_reference);
      const nothing = (await report(randomUUID(), body).expect(404)).body;
      const refused = [
        report(first, body, { 'x-signature': signed('other') }),
        report(first, body, { 'x-signature': '' }),
        report(second, body),
        report(second, body, { 'x-forwarded-for': '198.51.100.7' }),
      ];
      for (const request of refused) expect({ ...(await request.expect(404)).body, requestId: '' }).toEqual({ ...nothing, requestId: '' });
      // Signed or not, a gateway speaks of what it was given and of nothing else.
      await report(second, body, { 'x-forwarded-for': '192.0.2.9' }).expect(204);
      expect(await messagesOf(message.list_id ?? (await listId(message.id)))).toMatchObject([{ state: 'accepted' }]);
      await report(first, body).expect(204);
      expect(await messagesOf(await listId(message.id))).toMatchObject([
        { state: 'delivered', reported_at: new Date('2026-01-01T10:00:00Z') },
      ]);
      await report(first, '{nonsense', {}).expect(204);
    });
    const listId = async (id: string): Promise<string> =>
      (await platform.owner.query('select list_id from messages where id = $1', [id])).rows[0].list_id;

    it('leave the same state as often as they come, and in any order', async () => {
      const list = await listOf(2);
      const [a, b] = await messagesOf(list);
      const undelivered = (id: string) => ({ ...delivered(id), status: 'UNDELIV' });
      await Promise.all([1, 2, 3].map(() => report(first, delivered(a.gateway_reference)).expect(204)));
      await report(first, undelivered(a.gateway_reference)).expect(204);
      await report(first, undelivered(b.gateway_reference)).expect(204);
      expect((await messagesOf(list)).map(({ state }) => state)).toEqual(['delivered', 'undelivered']);
      await report(first, delivered(b.gateway_reference)).expect(204);
      expect((await messagesOf(list)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
      await report(first, { ...delivered(b.gateway_reference), status: 'ENROUTE' }).expect(204);
    });

    it('that come before the answer wait for it', async () => {
      one.answer = async (response, asked, request) => {
        await report(first, delivered(`agg-${asked.body.reference}`)).expect(204);
        await accepted(response, asked, request);
      };
      const list = await listOf(3);
      expect(await messagesOf(list)).toMatchObject([1, 2, 3].map(() => ({ state: 'delivered', voucher: 'activated' })));
      expect((await platform.owner.query('select from message_receipts where gateway_id = $1', [first])).rowCount).toBe(0);
    });

    it('of a message that was taken without a word make its voucher payable, and it is not sent again', async () => {
      one.answer = hangUp;
      const list = await listOf(1);
      const [message] = await messagesOf(list);
      expect(message).toMatchObject({ state: 'pending', last_error: 'no_answer', voucher: 'issued' });
      await report(first, delivered(message.id)).expect(204);
      expect(await messagesOf(list)).toMatchObject([{ state: 'delivered', voucher: 'activated' }]);
      platform.clock.skip(3_600_000);
      await tick();
      expect(one.asked).toHaveLength(1);
    });

    it('that never come change nothing', async () => {
      const list = await listOf(1);
      platform.clock.skip(30 * 86_400_000);
      await tick();
      expect(one.asked).toHaveLength(1);
      expect(await messagesOf(list)).toMatchObject([{ state: 'accepted', attempts: 1 }]);
    });

    it('of no message of ours are forgotten after a week', async () => {
      await report(first, delivered('nobody')).expect(204);
      const kept = async () => (await platform.owner.query(`select from message_receipts where reference = 'nobody'`)).rowCount;
      await platform.app.jobs.trigger('messaging.forget_receipts');
      expect(await kept()).toBe(1);
      platform.clock.skip(8 * 86_400_000);
      await platform.app.jobs.trigger('messaging.forget_receipts');
      await expect.poll(kept).toBe(0);
    });
  });

  describe('dead letters', () => {
    const path = () => `/v1/programmes/${frame.programmeId}`;
    const dead = async (reason: string) => (await officer.get(`${path()}/dead-letters?reason=${reason}`).expect(200)).body.items;

    it('are counted, listed by reason, and sent again by the gateway that somebody chooses, with the same code', async () => {
      one.answer = statusOnly(400);
      const list = await listOf(2);
      const [message] = await messagesOf(list);
      const counts = (await officer.get(`/v1/payment-lists/${list}/message-counts`).expect(200)).body;
      expect(counts).toEqual({ states: [{ state: 'failed', messages: 2 }], deadLetters: [{ reason: 'refused', messages: 2 }] });
      expect((await dead('refused')).map(({ id }: { id: string }) => id)).toContain(message.id);
      const text = one.asked.find(({ body }) => body.reference === message.id)?.body.text;
      const { body } = await officer.post(`/v1/messages/${message.id}/retry`, { gatewayId: second }).expect(200);
      expect(body).toMatchObject({ state: 'pending', attempts: 0, reason: null });
      await platform.settled();
      expect(two.asked.map(({ body }) => body)).toMatchObject([{ reference: message.id, text }]);
      await officer.post(`/v1/messages/${message.id}/retry`, {}).expect(409);
      await officer.post(`/v1/messages/${message.id}/retry`, { gatewayId: randomUUID() }).expect(422);
    });

    it('are sent again all together that have one reason', async () => {
      one.answer = accepted;
      const waiting = (await dead('refused')).length;
      expect(waiting).toBeGreaterThan(0);
      const { body } = await officer.post(`${path()}/dead-letters/retry`, { reason: 'refused' }).expect(200);
      expect(body).toEqual({ retried: waiting });
      await platform.settled();
      expect(await dead('refused')).toEqual([]);
    });

    it('leave the list when somebody has told the person in another way', async () => {
      const people = [await makePerson(platform, frame.programmeId, { phones: [] })];
      await makeVouchers(platform, frame, 1, { people });
      const [message] = await dead('no_phone');
      await officer.post(`/v1/messages/${message.id}/deal-with`, { how: 'in_person' }).expect(400);
      const { body } = await officer
        .post(`/v1/messages/${message.id}/deal-with`, { how: 'in_person', reason: 'Told at the centre' })
        .expect(200);
      expect(body.dealtWith).toMatchObject({ by: officer.userId, how: 'in_person', reason: 'Told at the centre' });
      expect(await dead('no_phone')).toEqual([]);
      await officer.post(`/v1/messages/${message.id}/deal-with`, { how: 'phone', reason: 'Once more' }).expect(409);
      // All together go only those that nobody has dealt with; one alone goes when there is a phone to send it to.
      expect((await officer.post(`${path()}/dead-letters/retry`, { reason: 'no_phone' }).expect(200)).body).toEqual({ retried: 0 });
      const enrolment = await platform.as('enrolment_officer', { programme: frame.programmeId });
      await enrolment.patch(`/v1/beneficiaries/${people[0]?.id}`, '"1"', { phones: ['+213661777777'], reason: 'Got one' }).expect(200);
      const { body: again } = await officer.post(`/v1/messages/${message.id}/retry`, {}).expect(200);
      expect(again).toMatchObject({ state: 'pending', dealtWith: null });
    });

    it('of another programme are none', async () => {
      one.answer = statusOnly(400);
      const [message] = await messagesOf(await listOf(1));
      const stranger = await platform.as('programme_officer', { programme: randomUUID() });
      for (const [way, body] of [
        ['retry', {}],
        ['deal-with', { how: 'phone', reason: 'Called them' }],
      ] as const) {
        const hidden = (await stranger.post(`/v1/messages/${message.id}/${way}`, body).expect(404)).body;
        const missing = (await stranger.post(`/v1/messages/${randomUUID()}/${way}`, body).expect(404)).body;
        expect({ ...hidden, requestId: '' }).toEqual({ ...missing, requestId: '' });
      }
      for (const address of [`${path()}/dead-letters`, `${path()}/message-counts`]) await stranger.get(address).expect(404);
      await stranger.post(`${path()}/dead-letters/retry`, { reason: 'refused' }).expect(404);
      await (await platform.as('agent')).get(`${path()}/dead-letters`).expect(403);
      expect(
        (await messagesOf((await platform.owner.query('select list_id from messages where id = $1', [message.id])).rows[0].list_id))[0]
          .state,
      ).toBe('failed');
    });
  });

  it('cannot be made to say by plain SQL what did not happen', async () => {
    const [message] = await messagesOf(await listOf(1));
    const sql = await platform.applicationClient();
    const set = (change: string) => sql.query(`update messages set ${change} where id = $1`, [message.id]);
    await expect(set(`state = 'pending'`)).rejects.toMatchObject({ constraint: 'messages_transition' });
    await expect(set(`leased_until = now()`)).rejects.toMatchObject({ constraint: 'messages_leased' });
    await expect(set(`dealt_with_at = now()`)).rejects.toMatchObject({ constraint: 'messages_dealt_with' });
    await expect(set('urgent = true')).rejects.toMatchObject({ code: '42501' });
    await set(`state = 'delivered'`);
    for (const state of ['pending', 'accepted', 'undelivered', 'failed'])
      await expect(set(`state = '${state}'`)).rejects.toMatchObject({ constraint: 'messages_transition' });
    await sql.end();
  });
});
