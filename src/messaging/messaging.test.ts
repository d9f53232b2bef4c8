import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabase } from '../../test/support/dump.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Aggregator, accepted, addGateway, hangUp, httpGatewayTo, startAggregator, statusOnly } from '../../test/support/gateways.ts';
import { Leaks } from '../../test/support/leaks.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { changeTerms } from '../../test/support/terms.ts';
import { codeIn, makeVouchers, type ReceivedSms, receivedSms } from '../../test/support/vouchers.ts';
import type { Ground } from '../platform/index.ts';
import { codeOf } from '../vouchers/index.ts';
import type { Gateway, Sms } from './gateways/gateway.ts';
import type { Gateways } from './gateways/registry.ts';
import { messageMoves } from './rules.ts';
import { engineOf } from './sending/engine.ts';

describe('messages with codes', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    frame = await makeFrame(platform);
  });
  afterAll(() => platform.close());

  const ground = (): Ground => ({
    db: platform.app.database.reader,
    execute: platform.app.execute,
    keyRing: platform.app.keyRing,
    clock: platform.clock,
  });
  /** Sends what is due of a list as another process would, by this in the place of the outbox. */
  const run = async (listId: string, gateway: Gateway['send'], changed: Partial<Ground> = {}) => {
    const outbox: Gateway = { concurrency: 4, send: gateway, close: async () => {} };
    await platform.owner.query(`update messages set next_try_at = $2, leased_until = null where list_id = $1 and state = 'pending'`, [
      listId,
      platform.clock.now(),
    ]);
    await engineOf({ ...ground(), ...changed }, { outbox } as Gateways).drain();
  };
  const listOf = async (count: number, people?: Parameters<typeof makeVouchers>[3]) =>
    (await makeVouchers(platform, frame, count, { ...people, send: false }))[0]?.listId ?? expect.fail('a list was made');
  const messagesOf = async (listId: string) =>
    (
      await platform.owner.query(
        `select m.state, m.attempts, m.last_error, v.state as voucher, m.segments, m.gateway_reference from messages m join vouchers v on v.id = m.voucher_id
      where m.list_id = $1 order by m.state, m.id`,
        [listId],
      )
    ).rows;

  it('move between states as the database says', async () => {
    const { rows } = await platform.owner.query(`select string_to_array(encode(tgargs, 'escape'), '\\000') as moves from pg_trigger
      where tgrelid = 'messages'::regclass and tgname = 'transition'`);
    const moves = Object.entries(messageMoves).flatMap(([from, states]) => states.map((to) => `${from}>${to}`));
    expect(rows[0].moves.filter(Boolean).sort()).toEqual(moves.sort());
  });

  it('go to the collector in their language and activate the voucher', async () => {
    const people = [];
    const officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    for (const language of ['ar', 'fr', 'en']) {
      const person = await makePerson(platform, frame.programmeId, { phones: [`+21355000000${people.length}`, '+213559999999'] });
      await officer.patch(`/v1/beneficiaries/${person.id}`, '"1"', { language, reason: 'As they asked' }).expect(200);
      people.push(person);
    }
    const vouchers = await makeVouchers(platform, frame, 3, { people });
    expect(vouchers.map(({ text }) => text.slice(0, 5))).toEqual(['رمزك:', 'Votre', 'Your ']);
    for (const { id, code, text, serial, person } of vouchers) {
      expect(code).toBe(codeOf(platform.app.keyRing, { id, keyVersion: 1, counter: 0 }));
      for (const value of [serial, '15000.00', 'DZD']) expect(text).toContain(value);
      expect(receivedSms(platform).find((sms) => sms.text === text)?.to).toBe(person.personal.phones[0]);
    }
    expect(await messagesOf(vouchers[0]?.listId ?? '')).toMatchObject(
      [1, 2, 3].map(() => ({ state: 'accepted', attempts: 1, voucher: 'activated', last_error: null })),
    );
    const { rows: events } = await platform.owner.query(
      `select programme_id, fund_id, subject_type from audit_events
      where command = 'messaging.record_sending' and subject_id = $1`,
      [vouchers[0]?.listId],
    );
    expect(events).toEqual([{ programme_id: frame.programmeId, fund_id: frame.fundId, subject_type: 'payment_list' }]);
  });

  it('stay under the terms that their list was submitted under: days of validity, and whether there are any; the sender is the present one', async () => {
    const terms = (columns: object) => changeTerms(platform, frame.programmeId, { columns: { ...columns } });
    const usual = { sender_name: null, codes_by_sms: true, code_validity_days: 60 };
    await terms({ sender_name: 'INFO 23', code_validity_days: 3 });
    const listId = await listOf(1);
    await terms({ ...usual, sender_name: 'INFO 24' });
    const sent: Sms[] = [];
    const gateway: Gateway['send'] = async (sms) => {
      sent.push(sms);
      return { outcome: 'accepted', reference: sms.reference };
    };
    await run(listId, gateway);
    expect(sent).toMatchObject([{ from: 'INFO 24' }]);
    const { rows } = await platform.owner.query(
      `select (expires_at at time zone 'Africa/Algiers')::date - (activated_at at time zone 'Africa/Algiers')::date as days from vouchers where list_id = $1`,
      [listId],
    );
    expect(rows).toEqual([{ days: 4 }]);
    await terms({ sender_name: null, codes_by_sms: false });
    await makeVouchers(platform, frame, 2, { amount: '77.00' });
    await terms(usual);
    const { rows: silent } = await platform.owner.query(
      'select v.state, m.id as message from vouchers v left join messages m on m.voucher_id = v.id where v.amount = 77',
    );
    expect(silent).toEqual([1, 2].map(() => ({ state: 'issued', message: null })));
    await run(await listOf(1), gateway);
    expect(sent).toHaveLength(2);
    expect(sent[1]).not.toHaveProperty('from');
  });

  it('that cannot be sent for want of a phone say so and leave the voucher issued', async () => {
    const people = [await makePerson(platform, frame.programmeId, { phones: [] }), await makePerson(platform, frame.programmeId)];
    const vouchers = await makeVouchers(platform, frame, 2, { people });
    const listId = vouchers[0]?.listId ?? '';
    expect(await messagesOf(listId)).toMatchObject([
      { state: 'accepted', voucher: 'activated' },
      { state: 'failed', attempts: 0, last_error: 'no_phone', voucher: 'issued' },
    ]);
    const finance = await platform.as('finance_officer', { programme: frame.programmeId });
    const { body } = await finance.get(`/v1/payment-lists/${listId}/messages?state=failed`).expect(200);
    expect(body.items).toMatchObject([{ state: 'failed', reason: 'no_phone', attempts: 0, serial: vouchers[0]?.serial, acceptedAt: null }]);
    const { body: page } = await finance.get(`/v1/payment-lists/${listId}/messages?limit=1`).expect(200);
    const { body: rest } = await finance.get(`/v1/payment-lists/${listId}/messages?limit=1&cursor=${page.nextCursor}`).expect(200);
    expect([...page.items, ...rest.items].map(({ voucherId }) => voucherId).sort()).toEqual(vouchers.map(({ id }) => id).sort());
    for (const { code, person } of vouchers.filter((voucher) => voucher.code)) {
      expect(JSON.stringify(page) + JSON.stringify(rest)).not.toContain(code);
      expect(JSON.stringify(page) + JSON.stringify(rest)).not.toContain(person.personal.phones[0]);
    }
    const stranger = await platform.as('finance_officer', { programme: randomUUID() });
    await stranger.get(`/v1/payment-lists/${listId}/messages`).expect(404);
    await (await platform.as('agent')).get(`/v1/payment-lists/${listId}/messages`).expect(403);
  });

  it('that were withheld go out when consent is given again, even while what came of them is being recorded', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    const path = `/v1/beneficiaries/${person.id}/consents`;
    const share = { purpose: 'share_with_paying_agent', legalBasis: 'consent', method: 'scan', givenOn: '2026-01-02' };
    const listId = await listOf(1, { people: [person] });
    await officer.post(`${path}/withdraw`, { purpose: share.purpose }).expect(200);
    let given = false;
    const execute: Ground['execute'] = async (command, input, execution) => {
      if (command.name === 'messaging.record_sending' && !given) {
        await officer.post(path, { ...share, evidence: { reference: 'Scan 5' } }).expect(201);
        given = true;
      }
      return platform.app.execute(command, input, execution);
    };
    const once: Gateway['send'] = async ({ reference }) =>
      given ? { outcome: 'accepted', reference } : expect.fail('nothing may be sent yet');
    await run(listId, once, { execute });
    await platform.settled();
    expect(await messagesOf(listId)).toMatchObject([{ state: 'accepted', attempts: 1, voucher: 'activated', last_error: null }]);
  });

  it('are the same text again when the process dies between sending and recording', async () => {
    const listId = await listOf(3);
    const sent: ReceivedSms[] = [];
    const gateway: Gateway['send'] = async (sms) => {
      sent.push(sms);
      return { outcome: 'accepted', reference: sms.reference };
    };
    const dying: Ground['execute'] = (command, input, execution) => {
      if (command.name === 'messaging.record_sending') throw new Error('the process died');
      return platform.app.execute(command, input, execution);
    };
    await expect(run(listId, gateway, { execute: dying })).rejects.toThrow('died');
    expect(await messagesOf(listId)).toMatchObject([1, 2, 3].map(() => ({ state: 'pending', attempts: 0, voucher: 'issued' })));
    platform.clock.skip(86_400_000);
    await run(listId, gateway);
    expect(sent.length).toBe(6);
    expect(new Set(sent.map((sms) => JSON.stringify(sms))).size).toBe(3);
    expect(await messagesOf(listId)).toMatchObject([1, 2, 3].map(() => ({ state: 'accepted', attempts: 1, voucher: 'activated' })));
    await run(listId, gateway);
    expect(sent.length).toBe(6);
  });

  it('without an answer are sent again with the same code, each time after a longer pause, five times, and never more', async () => {
    const listId = await listOf(2);
    const sent: ReceivedSms[] = [];
    const silent: Gateway['send'] = async (sms) => {
      sent.push(sms);
      return { outcome: 'unknown' };
    };
    let pause = 0;
    for (let i = 1; i <= 4; i += 1) {
      await run(listId, silent);
      expect(await messagesOf(listId)).toMatchObject(
        [1, 2].map(() => ({ state: 'pending', attempts: i, last_error: 'no_answer', voucher: 'issued' })),
      );
      const { rows } = await platform.owner.query('select min(next_try_at) as at from messages where list_id = $1', [listId]);
      const next = rows[0].at.getTime() - platform.clock.now().getTime();
      expect(next).toBeGreaterThan(pause);
      pause = next;
    }
    await run(listId, silent);
    await run(listId, silent);
    expect(await messagesOf(listId)).toMatchObject(
      [1, 2].map(() => ({ state: 'failed', attempts: 5, last_error: 'no_answer', voucher: 'issued' })),
    );
    expect(sent.length).toBe(10);
    expect(new Set(sent.map(({ text }) => text)).size).toBe(2);
  });
});

describe('messages through an aggregator that misbehaves', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let aggregator: Aggregator;
  beforeAll(async () => {
    aggregator = await startAggregator();
    platform = await startPlatform({ recurring: false });
    frame = await makeFrame(platform);
    await addGateway(platform, httpGatewayTo(aggregator.url));
    // Takes the first three without a word, refuses one number, and answers everything else.
    aggregator.answer = (response, asked, request) => {
      if (asked.body.to === '+213550000666') return statusOnly(400)(response, asked, request);
      return (aggregator.asked.length <= 3 ? hangUp : accepted)(response, asked, request);
    };
  });
  afterAll(async () => {
    await platform.close();
    aggregator.close();
  });

  it('arrive in the end, and no code, phone or text is left anywhere', async () => {
    const people = [await makePerson(platform, frame.programmeId, { phones: ['+213550000666'] })];
    for (let i = 0; i < 11; i += 1) people.push(await makePerson(platform, frame.programmeId));
    const [first] = await makeVouchers(platform, frame, 12, { people });
    platform.clock.skip(10_000);
    await platform.app.jobs.trigger('messaging.send_due');
    await platform.settled();
    const taken = aggregator.asked.map(({ body }) => body);
    const { rows } = await platform.owner.query(
      `select m.state, v.state as voucher, m.last_error, v.id, v.serial, m.id as reference from messages m
      join vouchers v on v.id = m.voucher_id where m.list_id = $1 order by m.last_error nulls last`,
      [first?.listId],
    );
    expect(rows[0]).toMatchObject({ state: 'failed', last_error: 'refused', voucher: 'issued' });
    expect(rows.slice(1)).toMatchObject(rows.slice(1).map(() => ({ state: 'accepted', voucher: 'activated', last_error: null })));
    for (const { reference } of rows)
      expect(new Set(taken.filter((sms) => sms.reference === reference).map(({ text }) => text)).size).toBe(1);

    // One wrong code, one right one: all that a redemption leaves behind is looked through as well.
    const agent = await platform.as('agent', { office: frame.officeId });
    const codes = new Map(rows.map(({ id, reference }) => [id, codeIn(taken.find((sms) => sms.reference === reference)?.text ?? '')]));
    const [paid, tried] = rows.slice(1);
    const redeem = ({ serial }: { serial: string }, code = '') =>
      agent.post('/v1/payouts', {
        officeId: frame.officeId,
        locator: { serial },
        code,
        documentType: 'passport',
        documentLastFour: '0042',
      });
    await redeem(paid, codes.get(paid.id)).expect(201);
    await redeem(tried, codes.get(paid.id)).expect(422);

    expect(codes.size).toBe(12);
    for (const code of codes.values()) expect(code).toMatch(/^\d{9}$/);
    const tables = await dumpDatabase(platform.owner);
    const everything = tables.map(({ text }) => text).join('\n') + platform.log.join('\n');
    expect(everything).toContain(paid.serial);
    const phones = people.flatMap(({ personal }) => personal.phones);
    const leaks = new Leaks([{ names: [], documents: [], births: [], phones }], [...codes.values()]);
    expect(leaks.size).toBeGreaterThan(12 * 6);
    expect([...tables.flatMap((table) => leaks.inTable(table)), ...leaks.inText(platform.log.join('\n'))]).toEqual([]);
    expect(everything).not.toMatch(/Votre code|Retrait au bureau/);
  });
});
