import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import {
  type Aggregator,
  type Answering,
  accepted,
  addGateway,
  httpGatewayTo,
  startAggregator,
  statusOnly,
} from '../../../test/support/gateways.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { makeVouchers, sendMessages } from '../../../test/support/vouchers.ts';
import type { Gateway } from '../gateways/gateway.ts';
import type { Gateways } from '../gateways/registry.ts';
import { engineOf } from './engine.ts';

const badSender: Answering = (response) => void response.writeHead(403).end('{"code":"bad_sender"}');
const forbidden = statusOnly(403);

describe('a message that a gateway turns away', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let one: Aggregator;
  let first: string;
  const opened: Aggregator[] = [];
  beforeEach(async () => {
    platform = await startPlatform({ recurring: false });
    frame = await makeFrame(platform);
    one = await aggregator();
    const outcomes = [{ outcome: 'sender_refused', statuses: [403], at: '/code', values: ['bad_sender'] }];
    first = await addGateway(platform, httpGatewayTo(one.url, { outcomes }));
  });
  afterEach(async () => {
    await platform.close();
    for (const each of opened.splice(0)) each.close();
  });

  const aggregator = async (): Promise<Aggregator> => {
    const made = await startAggregator();
    opened.push(made);
    return made;
  };
  const listOf = async (count: number, of: Frame = frame, send = true) =>
    (await makeVouchers(platform, of, count, { send }))[0]?.listId ?? expect.fail('a list');
  const later = async (ms: number) => {
    platform.clock.skip(ms);
    await platform.app.jobs.trigger('messaging.send_due');
    await platform.settled();
  };
  const messagesOf = async (listId: string) =>
    (
      await platform.owner.query(
        `select m.id, m.state, m.attempts, m.turned_away, m.last_error, m.gateway_id, v.state as voucher from messages m join vouchers v on v.id = m.voucher_id
        where m.list_id = $1 order by m.id`,
        [listId],
      )
    ).rows;
  const paceOf = async (id: string) =>
    (await platform.owner.query('select failures, closed_until from gateway_paces where gateway_id = $1', [id])).rows[0];
  /** Every text that came for a message, each once. */
  const textsOf = (id: string, ...of: readonly Aggregator[]) =>
    new Set(of.flatMap(({ asked }) => asked.filter(({ body }) => body.reference === id).map(({ body }) => body.text)));

  describe('for the sender that its programme gives', () => {
    const senderOf = (body: object) => (body as { from?: string }).from;
    beforeEach(() => {
      one.answer = (response, asked, request) => (senderOf(asked.body) === 'WRONG' ? badSender : accepted)(response, asked, request);
    });

    it('is a dead letter at once, keeps nobody else from their code, and goes when the name is put right', async () => {
      await changeTerms(platform, frame.programmeId, { columns: { sender_name: 'WRONG' } });
      const other = await makeFrame(platform);
      const bad = await listOf(30, frame, false);
      const good = await listOf(3, other, false);
      await platform.owner.query('update messages set next_try_at = $1', [platform.clock.now()]);
      await sendMessages(platform, bad);
      expect((await messagesOf(good)).map(({ state }) => state)).toEqual(Array(3).fill('accepted'));
      expect(await messagesOf(bad)).toMatchObject(Array(30).fill({ state: 'failed', last_error: 'sender_refused', voucher: 'issued' }));
      expect(one.asked).toHaveLength(33);
      expect(await paceOf(first)).toEqual({ failures: 0, closed_until: null });

      const officer = await platform.as('programme_officer', { programme: frame.programmeId });
      const counts = (await officer.get(`/v1/programmes/${frame.programmeId}/message-counts`).expect(200)).body;
      expect(counts.deadLetters).toEqual([{ reason: 'sender_refused', messages: 30 }]);
      await changeTerms(platform, frame.programmeId, { columns: { sender_name: 'RIGHT' } });
      const retry = { reason: 'sender_refused' };
      const { body } = await officer.post(`/v1/programmes/${frame.programmeId}/dead-letters/retry`, retry).expect(200);
      expect(body).toEqual({ retried: 30 });
      await platform.settled();
      expect(await messagesOf(bad)).toMatchObject(Array(30).fill({ state: 'accepted', voucher: 'activated' }));
      for (const { id } of await messagesOf(bad)) expect(textsOf(id, one).size).toBe(1);
    });

    it('is the trouble of the gateway where the sender is its own', async () => {
      one.answer = badSender;
      const list = await listOf(6);
      expect(await messagesOf(list)).toMatchObject(Array(6).fill({ state: 'pending', attempts: 0 }));
      expect(await paceOf(first)).toMatchObject({ failures: 5, closed_until: expect.any(Date) });
    });
  });

  describe('with all that waits', () => {
    /** Sends what is due as another process would, by this in the place of every gateway. */
    const drain = async (outcomeOf: (reference: string) => 'accepted' | 'down' | 'unreached') => {
      const tried: string[] = [];
      const send: Gateway['send'] = async ({ reference }) => {
        tried.push(reference);
        const outcome = outcomeOf(reference);
        return outcome === 'accepted' ? { outcome, reference } : { outcome };
      };
      const gateway: Gateway = { concurrency: 2, send, close: async () => {} };
      const { keyRing, execute, database } = platform.app;
      const ground = { db: database.reader, execute, keyRing, clock: platform.clock };
      await engineOf(ground, { of: () => gateway } as unknown as Gateways).drain();
      return tried;
    };
    const waiting = async (count: number, of: Frame) => {
      const list = await listOf(count, of, false);
      await platform.owner.query('update messages set next_try_at = $2 where list_id = $1', [list, platform.clock.now()]);
      return list;
    };

    it('does not keep the gateway closed for the messages of other programmes', async () => {
      const list = await waiting(30, frame);
      const bad = new Set((await messagesOf(list)).map(({ id }) => id));
      const outcome = (reference: string) => (bad.has(reference) ? 'down' : 'accepted');
      await drain(outcome);
      expect(await paceOf(first)).toMatchObject({ failures: 5 });
      const good = await waiting(3, await makeFrame(platform));
      await drain(outcome);
      expect((await messagesOf(good)).every(({ state }) => state === 'pending')).toBe(true);
      const states = async () => (await messagesOf(good)).map(({ state }) => state);
      platform.clock.skip(31_000);
      await drain(outcome);
      expect(await states()).toContain('accepted');
      for (let i = 0; i < 2; i += 1) {
        platform.clock.skip(61_000);
        await drain(outcome);
      }
      expect(await states()).toEqual(Array(3).fill('accepted'));
    });

    it('lets every programme try a gateway in turn where all of them come to nothing', async () => {
      const ofProgramme = new Map<string, string>();
      for (const each of [frame, await makeFrame(platform), await makeFrame(platform)])
        for (const { id } of await messagesOf(await waiting(6, each))) ofProgramme.set(id, each.programmeId);
      await drain(() => 'down');
      const turns: (string | undefined)[] = [];
      for (let i = 0; i < 6; i += 1) {
        platform.clock.skip(700_000);
        const [tried, ...more] = await drain(() => 'down');
        expect(more).toEqual([]);
        turns.push(ofProgramme.get(tried ?? ''));
      }
      for (let i = 1; i < 4; i += 1) expect(new Set(turns.slice(i, i + 3)).size).toBe(3);
    });

    it.each(['down', 'unreached'] as const)('waits for as long as it takes for a gateway that is %s for everybody', async (outcome) => {
      await waiting(1, frame);
      await drain(() => 'accepted');
      const list = await waiting(3, frame);
      for (let i = 0; i < 30; i += 1) {
        await drain(() => outcome);
        platform.clock.skip(900_000);
      }
      expect(await messagesOf(list)).toMatchObject(Array(3).fill({ state: 'pending', attempts: 0, turned_away: 0 }));
    });
  });

  describe('while it takes others', () => {
    /** A list whose first message is turned away by some aggregators. */
    const withOneBad = async (...by: readonly Aggregator[]) => {
      const list = await listOf(4, frame, false);
      const [{ id }] = await messagesOf(list);
      for (const each of by)
        each.answer = (response, asked, request) => (asked.body.reference === id ? forbidden : accepted)(response, asked, request);
      await sendMessages(platform, list);
      const bad = async () => (await messagesOf(list)).find((message) => message.id === id);
      return { list, id, bad };
    };

    it('is tried five times, each after a longer pause, and is then a dead letter that can be sent again', async () => {
      const { list, id, bad } = await withOneBad(one);
      expect(await bad()).toMatchObject({ state: 'pending', turned_away: 1, last_error: 'turned_away' });
      await later(2_000);
      expect(await bad()).toMatchObject({ turned_away: 1 });
      for (const ms of [5_000, 26_000, 101_000]) await later(ms);
      expect(await bad()).toMatchObject({ state: 'pending', turned_away: 4 });
      await later(401_000);
      expect(await bad()).toMatchObject({ state: 'failed', last_error: 'turned_away', attempts: 0, voucher: 'issued' });
      expect(one.asked.filter(({ body }) => body.reference === id)).toHaveLength(5);
      expect(textsOf(id, one).size).toBe(1);
      expect(await paceOf(first)).toEqual({ failures: 0, closed_until: null });
      const { rows } = await platform.owner.query(
        `select count(*)::int from audit_events where command = 'messaging.record_sending' and subject_id = $1`,
        [list],
      );
      expect(rows[0].count).toBeGreaterThan(4);
      one.answer = accepted;
      const officer = await platform.as('programme_officer', { programme: frame.programmeId });
      await officer.post(`/v1/messages/${id}/retry`, {}).expect(200);
      await platform.settled();
      expect(await bad()).toMatchObject({ state: 'accepted', voucher: 'activated' });
    });

    it('goes to the next gateway, and is a dead letter when that turns it away five times as well', async () => {
      const two = await aggregator();
      const second = await addGateway(platform, httpGatewayTo(two.url), 2);
      const { id, bad } = await withOneBad(one);
      for (let i = 0; i < 4; i += 1) await later(500_000);
      expect(await bad()).toMatchObject({ state: 'accepted', gateway_id: second, voucher: 'activated' });
      expect(two.asked.map(({ body }) => body.reference)).toEqual([id]);
      expect(textsOf(id, one, two).size).toBe(1);

      // The other gateway has to have taken one since, or nobody knows whose trouble it is.
      const again = await withOneBad(one, two);
      for (let i = 0; i < 5; i += 1) await later(500_000);
      expect(await again.bad()).toMatchObject({ state: 'pending', gateway_id: second, last_error: 'turned_away' });
      const officer = await platform.as('programme_officer', { programme: frame.programmeId });
      one.answer = statusOnly(400);
      const [{ id: wanted }] = await messagesOf(await listOf(1));
      await officer.post(`/v1/messages/${wanted}/retry`, { gatewayId: second }).expect(200);
      await platform.settled();
      for (let i = 0; i < 5; i += 1) await later(500_000);
      expect(await again.bad()).toMatchObject({ state: 'failed', last_error: 'turned_away', voucher: 'issued' });
      expect(textsOf(again.id, one, two).size).toBe(1);
    });

    it('comes back to a gateway that somebody has mended or switched off another for', async () => {
      const two = await aggregator();
      const second = await addGateway(platform, httpGatewayTo(two.url), 2);
      const { bad } = await withOneBad(one, two);
      for (let i = 0; i < 4; i += 1) await later(500_000);
      expect(await bad()).toMatchObject({ state: 'pending', gateway_id: second });
      const administrator = await platform.as('administrator');
      await administrator.patch(`/v1/gateways/${second}`, '"2"', { enabled: false }).expect(200);
      one.answer = accepted;
      await later(500_000);
      expect(await bad()).toMatchObject({ state: 'accepted', gateway_id: first });
    });
  });

  it('cannot be made by plain SQL to have been turned away more often than it is tried', async () => {
    const [{ id }] = await messagesOf(await listOf(1));
    const sql = await platform.applicationClient();
    const set = (change: string) => sql.query(`update messages set ${change} where id = $1`, [id]);
    for (const count of [-1, 5]) await expect(set(`turned_away = ${count}`)).rejects.toMatchObject({ constraint: 'messages_turned_away' });
    await expect(set(`passed_by = '{}'`)).rejects.toMatchObject({ constraint: 'messages_passed_by' });
    await sql.end();
  });
});
