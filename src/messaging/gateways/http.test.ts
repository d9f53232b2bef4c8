import { mkdtempSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Aggregator,
  type Answering,
  accepted,
  hangUp,
  httpGatewayTo,
  silence,
  startAggregator,
  statusOnly,
} from '../../../test/support/gateways.ts';
import { receivedSms } from '../../../test/support/vouchers.ts';
import { systemClock } from '../../platform/index.ts';
import { africasTalkingGateway, africasTalkingReceipts } from './africas-talking.ts';
import type { Gateway } from './gateway.ts';
import { type HttpSettings, httpGateway } from './http.ts';
import { httpReceipts } from './http-receipts.ts';
import { outboxGateway } from './outbox.ts';
import { fill } from './template.ts';
import { twilioGateway, twilioReceipts } from './twilio.ts';

const sms = { to: '+213550000001', text: 'Votre code : "123" {secret.token} é', reference: '01936f5e-7b1c-7c3e-9d52-0f4b6c1d2e3f' };
const rules = { privateAddresses: false, plainLoopback: true };
const body =
  (content: string, status = 200): Answering =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(content);

let aggregator: Aggregator;
const opened: Gateway[] = [];
beforeAll(async () => {
  aggregator = await startAggregator();
});
afterAll(async () => {
  for (const gateway of opened) await gateway.close();
  aggregator.close();
});
const asking = (answer: Answering, gateway: Gateway, from?: string) => {
  opened.push(gateway);
  aggregator.answer = answer;
  return gateway.send(from === undefined ? sms : { ...sms, from });
};

describe('the generic gateway', () => {
  const send = (answer: Answering, changes: object = {}) => {
    const { settings, credentials } = httpGatewayTo(aggregator.url, changes);
    return asking(answer, httpGateway(settings as unknown as HttpSettings, credentials, rules));
  };

  it('sends what its settings say, as JSON or as a form, and takes the reference of the answer', async () => {
    expect(await send(accepted)).toEqual({ outcome: 'accepted', reference: `agg-${sms.reference}` });
    const first = aggregator.asked.at(-1);
    expect(first?.headers).toMatchObject({ authorization: 'Bearer secret-token', 'content-type': 'application/json' });
    // What stands in a text is never filled in again, and a sender that there is none of is left out.
    expect(first?.body).toEqual({ to: sms.to, text: sms.text, reference: sms.reference });
    await send(accepted, { format: 'form', method: 'PUT', body: { msisdn: '{digits}', msg: '{text}', key: '{secret.token}' } });
    expect(aggregator.asked.at(-1)?.body).toEqual({ msisdn: '213550000001', msg: sms.text, key: 'secret-token' });
    await send(accepted, { from: 'INFO', body: { messages: [{ to: '{to}', text: '{text}', from: '{from}', flash: false }] } });
    expect(aggregator.asked.at(-1)?.body).toEqual({ messages: [{ to: sms.to, text: sms.text, from: 'INFO', flash: false }] });
  });

  it('never lets a text change the shape of a request', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fill({ a: ['{text}'], b: 1 }, { ...sms, text }, {})).toEqual({ a: [text], b: 1 });
      }),
    );
  });

  it('counts a message as taken when only the answer to it cannot be read', async () => {
    const taken = { outcome: 'accepted', reference: sms.reference };
    expect(await send(body('OK'))).toEqual(taken);
    expect(await send(body(JSON.stringify({ id: `${sms.to} ${sms.text}` })))).toEqual(taken);
    expect(
      await send((response) => {
        response.writeHead(200, { 'content-length': 1_000 }).write('{');
        setImmediate(() => response.destroy());
      }),
    ).toEqual(taken);
  });

  it.each([
    [400, 'refused'], [422, 'refused'], [401, 'down'], [403, 'down'], [404, 'down'], [503, 'down'], [408, 'later'], [429, 'later'], [500, 'unknown'],
    [502, 'unknown'], [302, 'unknown'],
  ])('takes a %i as %s', async (status, outcome) => expect((await send(statusOnly(status))).outcome).toBe(outcome)); // biome-ignore format: one table

  it('knows nothing when the server hangs up or takes too long, and everything when nobody listens', async () => {
    expect(await send(hangUp)).toEqual({ outcome: 'unknown' });
    expect(await send(silence, { timeoutMs: 100 })).toEqual({ outcome: 'unknown' });
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await send(accepted, { url: `http://127.0.0.1:${port}/` })).toEqual({ outcome: 'unreached' });
    // A name that means this machine, and an address that is no server's of ours.
    expect(await send(accepted, { url: 'https://10.0.0.1/' })).toEqual({ outcome: 'unreached' });
  });

  it('says how long it was asked to wait', async () => {
    expect(await send(statusOnly(429, { 'retry-after': '7' }))).toEqual({ outcome: 'later', pauseMs: 7_000 });
  });

  it('reads what an aggregator says in its own way', async () => {
    const outcomes: HttpSettings['outcomes'] = [
      { outcome: 'refused', at: '/messages/0/status', values: ['4', 'blacklist*'] },
      { outcome: 'later', statuses: [200], at: '/messages/0/status', values: ['1'] },
      { outcome: 'down', at: '', values: ['ERR 100*'] },
    ];
    const say = (content: string) => send(body(content), { outcomes, reference: '/messages/0/id' });
    expect(await say('{"messages":[{"status":"0","id":77}]}')).toEqual({ outcome: 'accepted', reference: '77' });
    expect(await say('{"messages":[{"status":4}]}')).toEqual({ outcome: 'refused' });
    expect(await say('{"messages":[{"status":"blacklisted by operator"}]}')).toEqual({ outcome: 'refused' });
    expect(await say('{"messages":[{"status":"1"}]}')).toEqual({ outcome: 'later' });
    expect(await say('ERR 100: no credit')).toEqual({ outcome: 'down' });
    // A status that says nothing, before an answer that broke off.
    const broken: Answering = (response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('{');
      setImmediate(() => response.destroy());
    };
    expect(await send(broken, { outcomes })).toEqual({ outcome: 'unknown' });
  });

  it('reads one receipt or many, and passes over what it cannot read', () => {
    const mapping = { reference: '/id', status: '/s', time: '/t', delivered: ['0'], undelivered: ['5', '8'] };
    expect(httpReceipts({ id: 'a', s: 0, t: 1_767_225_600 }, mapping)).toEqual([
      { reference: 'a', status: 'delivered', at: new Date('2026-01-01T00:00:00Z') },
    ]);
    const many = {
      results: [{ id: 'a', s: '5' }, { id: 'b', s: '1' }, { s: '0' }, null, { id: `${sms.to} x`, s: '0' }, { id: 'c', s: '8', t: 'never' }],
    };
    expect(httpReceipts(many, { ...mapping, list: '/results' }).map(({ reference, status }) => [reference, status])).toEqual([
      ['a', 'undelivered'],
      ['c', 'undelivered'],
    ]);
    for (const nonsense of [undefined, null, 'text', [], { results: {} }])
      expect(httpReceipts(nonsense, { ...mapping, list: '/results' })).toEqual([]);
  });
});

describe('Twilio', () => {
  const callback = 'https://sanad.example.org/v1/gateways/g/receipts';
  const settings = { accountSid: `AC${'0'.repeat(32)}`, from: '+15005550006', server: '' } as const;
  const send = (answer: Answering, from?: string) =>
    asking(answer, twilioGateway({ ...settings, server: aggregator.url } as never, { authToken: 'token' }, rules, callback), from);

  it('is asked as its API says', async () => {
    expect(await send(body('{"sid":"SM1","status":"queued"}', 201))).toEqual({ outcome: 'accepted', reference: 'SM1' });
    expect(aggregator.asked.at(-1)).toMatchObject({
      path: `/2010-04-01/Accounts/${settings.accountSid}/Messages.json`,
      headers: { authorization: `Basic ${Buffer.from(`${settings.accountSid}:token`).toString('base64')}` },
      body: { To: sms.to, From: settings.from, Body: sms.text, StatusCallback: callback },
    });
  });

  it('refuses a number for good, and our account for now', async () => {
    expect(await send(body('{"code":21211}', 400))).toEqual({ outcome: 'refused' });
    for (const code of [21212, 21606]) {
      expect(await send(body(`{"code":${code}}`, 400))).toEqual({ outcome: 'down' });
      expect(await send(body(`{"code":${code}}`, 400), 'MINE')).toEqual({ outcome: 'sender_refused' });
    }
    expect(await send(body('{"code":20003}', 401))).toEqual({ outcome: 'down' });
    expect(await send(statusOnly(429))).toMatchObject({ outcome: 'later' });
    expect(await send(hangUp)).toEqual({ outcome: 'unknown' });
  });

  it('reports what became of a message', () => {
    const said = (MessageStatus: string) => twilioReceipts({ MessageSid: 'SM1', MessageStatus }).map(({ status }) => status);
    expect(['queued', 'sent', 'delivered', 'undelivered', 'failed'].map(said)).toEqual([
      [],
      [],
      ['delivered'],
      ['undelivered'],
      ['undelivered'],
    ]);
  });
});

describe("Africa's Talking", () => {
  const send = (answer: Answering, from?: string) =>
    asking(
      answer,
      africasTalkingGateway({ username: 'sanad', from: 'INFO', server: aggregator.url } as never, { apiKey: 'key' }, rules),
      from,
    );
  const saying = (recipients: object[]) => body(JSON.stringify({ SMSMessageData: { Message: 'Sent', Recipients: recipients } }), 201);

  it('is asked as its API says', async () => {
    expect(await send(saying([{ statusCode: 101, number: sms.to, messageId: 'ATXid_1' }]))).toEqual({
      outcome: 'accepted',
      reference: 'ATXid_1',
    });
    expect(aggregator.asked.at(-1)).toMatchObject({
      path: '/version1/messaging',
      headers: { apikey: 'key' },
      body: { username: 'sanad', to: sms.to, message: sms.text, from: 'INFO' },
    });
  });

  it('says of the recipient what its status does not', async () => {
    const codes = [100, 102, 403, 406, 405, 500];
    const outcomes = [];
    for (const statusCode of codes) outcomes.push((await send(saying([{ statusCode }]))).outcome);
    expect(outcomes).toEqual(['accepted', 'accepted', 'refused', 'refused', 'down', 'unknown']);
    expect(await send(saying([]))).toEqual({ outcome: 'down' });
    const badSender = body(JSON.stringify({ SMSMessageData: { Message: 'InvalidSenderId', Recipients: [] } }), 201);
    for (const answer of [saying([{ statusCode: 402 }]), badSender]) {
      expect(await send(answer)).toEqual({ outcome: 'down' });
      expect(await send(answer, 'MINE')).toEqual({ outcome: 'sender_refused' });
    }
    expect(await send(statusOnly(401))).toEqual({ outcome: 'down' });
  });

  it('reports what became of a message', () => {
    const said = (status: string) => africasTalkingReceipts({ id: 'ATXid_1', status }).map((receipt) => receipt.status);
    expect(['Sent', 'Success', 'Failed', 'AbsentSubscriber'].map(said)).toEqual([[], ['delivered'], ['undelivered'], ['undelivered']]);
  });
});

describe('the outbox', () => {
  it('is a file that only its owner reads', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sanad-outbox-'));
    try {
      const gateway = outboxGateway(dataDir, systemClock);
      const references = Array.from({ length: 20 }, (_none, i) => `message-${i}`).sort();
      await Promise.all(references.map((reference) => gateway.send({ ...sms, reference })));
      expect(
        receivedSms({ dataDir })
          .map(({ reference }) => reference)
          .sort(),
      ).toEqual(references);
      expect(statSync(join(dataDir, 'outbox')).mode & 0o777).toBe(0o700);
      expect(statSync(join(dataDir, 'outbox', 'sms.jsonl')).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
