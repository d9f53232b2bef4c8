import { createHmac, randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behindProxy } from '../../test/support/feedback.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { addGateway, httpGatewayTo } from '../../test/support/gateways.ts';
import { Centre } from '../../test/support/message-centre.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { messagesTo, newPhone } from '../../test/support/public-door.ts';

const ORIGIN = 'https://sanad.example.org';
const TOKEN = 'the token of the account';

describe('messages that people send', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let [administrator, officer] = [] as unknown as [Client, Client];
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false, environment: { ...behindProxy, PUBLIC_URL: ORIGIN } });
    frame = await makeFrame(platform);
    administrator = await platform.as('administrator');
    officer = await platform.as('feedback_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const pathOf = (id: string) => `/v1/gateways/${id}/inbound`;
  const post = (id: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    supertest(platform.app.http).post(pathOf(id)).type('form').set(headers).send(new URLSearchParams(form).toString());
  const lineTo = (gatewayId: string, body: object = {}) =>
    administrator.post('/v1/feedback-lines', { gatewayId, programmeId: frame.programmeId, ...body });
  const texts = async (): Promise<string[]> => {
    const { body } = await officer.get(`/v1/programmes/${frame.programmeId}/feedback-cases?limit=200`).expect(200);
    const told = [];
    for (const { id } of body.items) told.push((await officer.get(`/v1/feedback-cases/${id}`).expect(200)).body);
    return told.map(({ text }) => text);
  };

  describe('by Twilio', () => {
    const settings = { accountSid: `AC${'a'.repeat(32)}`, from: 'INFO' };
    const twilio = { kind: 'twilio', perSecond: 1, settings, credentials: { authToken: TOKEN } };
    const signed = (id: string, form: Record<string, string>, token = TOKEN, at = pathOf(id)) => {
      const fields = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1));
      const text = ORIGIN + at + fields.map((field) => field.join('')).join('');
      return { 'x-twilio-signature': createHmac('sha1', token).update(text).digest('base64') };
    };
    const message = (text: string, from = newPhone()) => ({ MessageSid: `SM${randomUUID()}`, From: from, To: '+213770000001', Body: text });

    it('are one case each, however often they come, with the number of the sender sealed', async () => {
      const id = await addGateway(platform, twilio);
      await lineTo(id).expect(201);
      const phone = newPhone();
      const form = message('لم أستلم المبلغ', phone);
      const answers = await Promise.all([1, 2, 3, 4].map(() => post(id, form, signed(id, form))));
      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
      const { rows } = await platform.owner.query(`select * from feedback_cases where channel = 'sms'`);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ language: 'ar', category: 'other', programme_id: frame.programmeId });
      expect(JSON.stringify(rows)).not.toContain(phone.slice(-8));
      const { body } = await officer.get(`/v1/feedback-cases/${rows[0].id}`).expect(200);
      expect(body).toMatchObject({ text: 'لم أستلم المبلغ', contact: { phone } });
      expect(platform.log.join('')).not.toContain(phone.slice(1));
    });

    it('stay outside with a forged signature, one for receipts, or none', async () => {
      const id = await addGateway(platform, twilio, 2);
      await lineTo(id).expect(201);
      const before = await texts();
      const form = message('Forged');
      await post(id, form).expect(404);
      await post(id, form, signed(id, form, 'another token')).expect(404);
      await post(id, form, signed(id, form, TOKEN, `/v1/gateways/${id}/receipts`)).expect(404);
      await post(id, { ...form, Body: 'Changed' }, signed(id, form)).expect(404);
      await post(randomUUID(), form, signed(id, form)).expect(404);
      expect(await texts()).toEqual(before);
      await post(id, form, signed(id, form)).expect(204);
      expect(await texts()).toContain('Forged');
    });

    it('stay outside while nobody has confirmed the gateway, or said whose they are', async () => {
      const { body } = await administrator.post('/v1/gateways', { name: randomUUID(), position: 3, ...twilio }).expect(201);
      await lineTo(body.id).expect(201);
      const form = message('Too early');
      await post(body.id, form, signed(body.id, form)).expect(404);
      const id = await addGateway(platform, twilio, 4);
      await post(id, form, signed(id, form)).expect(404);
      await lineTo(id, { number: '+213770000002' }).expect(201);
      await post(id, form, signed(id, form)).expect(404);
      await lineTo(id, { number: '+213770000001' }).expect(201);
      await post(id, form, signed(id, form)).expect(204);
      await administrator.post('/v1/feedback-lines', { gatewayId: randomUUID(), programmeId: frame.programmeId }).expect(404);
      await officer.post('/v1/feedback-lines', { gatewayId: id, programmeId: frame.programmeId }).expect(403);
    });

    it('are let go of when they are a code, and lose one that they hold', async () => {
      const id = await addGateway(platform, twilio, 5);
      await lineTo(id).expect(201);
      const before = (await texts()).length;
      for (const text of ['572000007', '572 000 007', '٥٧٢٠٠٠٠٠٧', '12345678901234', '4711']) {
        const form = message(text);
        await post(id, form, signed(id, form)).expect(204);
      }
      expect(await texts()).toHaveLength(before);
      const form = message('Mon code 572 000 007 est refusé');
      await post(id, form, signed(id, form)).expect(204);
      expect(await texts()).toContain('Mon code […] est refusé');
    });
  });

  it('come in over the connection of a message centre too, once each, and wait there while nobody has said whose they are', async () => {
    const centre = new Centre();
    const settings = { host: '127.0.0.1', port: await centre.open(), tls: false, systemId: 'sanad', from: 'INFO' };
    const id = await addGateway(platform, { kind: 'smpp', perSecond: 5, settings, credentials: { password: 'secret' } }, 9);
    await platform.app.jobs.trigger('messaging.send_due');
    await expect.poll(() => centre.binds.length, { timeout: 10_000 }).toBe(1);
    const phone = newPhone();
    const deliver = (message: string) =>
      new Promise<number>((resolve) =>
        centre.sessions[0]?.deliver_sm(
          { source_addr_ton: 1, source_addr: phone.slice(1), destination_addr: '4040', data_coding: 8, short_message: { message } },
          ({ command_status }) => resolve(command_status),
        ),
      );
    const before = await texts();
    expect(await deliver('أين المكتب؟')).toBe(0x64);
    expect(await texts()).toEqual(before);
    await lineTo(id, { number: '4040' }).expect(201);
    expect([await deliver('أين المكتب؟'), await deliver('أين المكتب؟'), await deliver('572000007')]).toEqual([0, 0, 0]);
    const after = await texts();
    expect(after.filter((text) => text === 'أين المكتب؟')).toHaveLength(1);
    expect(after).toHaveLength(before.length + 1);
    expect(platform.log.join('')).not.toContain(phone.slice(1));
    centre.close();
  });

  it('are all kept or none, and more than a hundred at once are sent again in parts', async () => {
    const inbound = { list: '/messages', id: '/id', from: '/from', to: '/to', text: '/text', signature: { header: 'X-Signature' } };
    const own = await addGateway(platform, httpGatewayTo('https://sms.invalid', { inbound }), 8);
    await lineTo(own, { number: '+213770000001' }).expect(201);
    const send = (messages: object[]) => {
      const body = JSON.stringify({ messages });
      const signature = createHmac('sha256', 'receipt-secret').update(body).digest('hex');
      return supertest(platform.app.http).post(pathOf(own)).type('json').set('X-Signature', signature).send(body);
    };
    const message = (n: number, to = '+213770000001') => ({ id: `b-${n}`, from: newPhone(), to, text: `Of a batch ${n}` });
    const kept = async () => (await texts()).filter((text) => text.startsWith('Of a batch')).length;
    await send([message(1), message(2, '+213770000009')]).expect(404);
    expect(await kept()).toBe(0);
    await send(Array.from({ length: 101 }, (_, n) => message(n))).expect(413);
    expect(await kept()).toBe(0);
    await send([message(1), message(2)]).expect(204);
    expect(await kept()).toBe(2);
  });

  it('come by a gateway of one’s own and by Africa’s Talking as their settings say', async () => {
    const inbound = { id: '/message/id', from: '/message/from', text: '/message/text', signature: { header: 'X-Signature' } };
    const own = await addGateway(platform, httpGatewayTo('https://sms.invalid', { inbound }), 6);
    await lineTo(own).expect(201);
    const body = JSON.stringify({ message: { id: 'm-1', from: newPhone(), text: 'By our own' } });
    const send = (signature: string) =>
      supertest(platform.app.http).post(pathOf(own)).type('json').set('X-Signature', signature).send(body);
    await send('0'.repeat(64)).expect(404);
    await send(createHmac('sha256', 'receipt-secret').update(body).digest('hex')).expect(204);
    const talking = await addGateway(
      platform,
      {
        kind: 'africas_talking',
        perSecond: 1,
        settings: { username: 'sanad', receiptAddresses: ['192.0.2.0/24'] },
        credentials: { apiKey: 'key' },
      },
      7,
    );
    await lineTo(talking).expect(201);
    const form = { id: 'at-1', from: newPhone(), to: '20880', text: 'By Africa’s Talking', date: '2026-03-01' };
    await post(talking, form, { 'x-forwarded-for': '198.51.100.7' }).expect(404);
    await post(talking, form, { 'x-forwarded-for': '192.0.2.7' }).expect(204);
    expect(await texts()).toEqual(expect.arrayContaining(['By our own', 'By Africa’s Talking']));
  });
});

describe('whoever sent a message', () => {
  it('is told a reference, three times a day at most, by a text that says nothing of who we are', async () => {
    const platform = await startPlatform({ recurring: false, environment: { ...behindProxy, PUBLIC_URL: ORIGIN } });
    const frame = await makeFrame(platform);
    const gateway = {
      kind: 'africas_talking',
      perSecond: 1,
      settings: { username: 'sanad', receiptAddresses: ['192.0.2.0/24'] },
      credentials: { apiKey: 'key' },
    };
    const id = await addGateway(platform, gateway);
    const administrator = await platform.as('administrator');
    await administrator.post('/v1/feedback-lines', { gatewayId: id, programmeId: frame.programmeId }).expect(201);
    const phone = newPhone();
    // Sent by the outbox: the gateway is switched off, and stays confirmed.
    await administrator.patch(`/v1/gateways/${id}`, '"2"', { enabled: false }).expect(200);
    // The first is sent four times: what comes again takes nothing from what is answered.
    for (const i of [0, 0, 0, 0, ...Array.from({ length: 23 }, (_, n) => n + 1)]) {
      const form = new URLSearchParams({ id: `m-${i}`, from: phone, text: `Question ${i}` }).toString();
      const sent = supertest(platform.app.http)
        .post(`/v1/gateways/${id}/inbound`)
        .type('form')
        .set('x-forwarded-for', '192.0.2.7')
        .send(form);
      await sent.expect(204);
    }
    await platform.settled();
    const sent = messagesTo(platform, phone);
    expect(sent).toHaveLength(3);
    const { rows } = await platform.owner.query('select reference from feedback_cases order by id');
    // Nothing of what somebody says is let go of, however often they have written.
    expect(rows).toHaveLength(24);
    const texts = rows.map(({ reference }) => `Votre message est bien arrivé. Numéro ${reference}. Nous vous répondrons.`);
    expect(texts.slice(0, 3).sort()).toEqual(sent.sort());
    await platform.close();
  });

  it('is answered in the language that they are registered with, else in that of their text', async () => {
    const platform = await startPlatform({ recurring: false, environment: { ...behindProxy, PUBLIC_URL: ORIGIN } });
    const [frame, elsewhere] = [await makeFrame(platform), await makeFrame(platform)];
    const settings = { username: 'sanad', receiptAddresses: ['192.0.2.0/24'] };
    const id = await addGateway(platform, { kind: 'africas_talking', perSecond: 1, settings, credentials: { apiKey: 'key' } });
    const administrator = await platform.as('administrator');
    await administrator.post('/v1/feedback-lines', { gatewayId: id, programmeId: frame.programmeId }).expect(201);
    await administrator.patch(`/v1/gateways/${id}`, '"2"', { enabled: false }).expect(200);
    const write = async (phone: string, text: string) => {
      const form = new URLSearchParams({ id: randomUUID(), from: phone, text }).toString();
      await supertest(platform.app.http)
        .post(`/v1/gateways/${id}/inbound`)
        .type('form')
        .set('x-forwarded-for', '192.0.2.7')
        .send(form)
        .expect(204);
      await platform.settled();
      return messagesTo(platform, phone).at(-1) ?? '';
    };
    const registered = async (language: 'ar' | 'fr' | 'en', phone: string, { programmeId }: Frame = frame) => {
      const { id } = await makePerson(platform, programmeId, { phones: [phone] });
      await platform.owner.query('set session_replication_role = replica');
      await platform.owner.query('update beneficiaries set language = $2 where id = $1', [id, language]);
      await platform.owner.query('set session_replication_role = origin');
    };
    const [english, french, arabic] = [/^Your message has arrived/, /^Votre message est bien arrivé/, /^وصلت رسالتك/];
    expect(await write(newPhone(), 'Hello, I have not received the money yet')).toMatch(english);
    expect(await write(newPhone(), 'Bonjour, je n’ai pas reçu mon argent')).toMatch(french);
    expect(await write(newPhone(), 'متى يفتح المكتب؟')).toMatch(arabic);
    const [own, shared, another] = [newPhone(), newPhone(), newPhone()];
    await registered('en', own);
    expect(await write(own, 'Le bureau est fermé')).toMatch(english);
    // Those who share a telephone want different languages, and who is registered elsewhere is nobody here.
    await registered('ar', shared);
    await registered('en', shared);
    expect(await write(shared, 'Le bureau est fermé')).toMatch(french);
    await registered('ar', another, elsewhere);
    expect(await write(another, 'When is the office open?')).toMatch(english);
    await platform.close();
  });
});
