import { createHmac, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Pdu } from 'smpp';
import supertest from 'supertest';
import { type Aggregator, type Asked, httpGatewayTo, startAggregator } from './gateways.ts';
import { Centre } from './message-centre.ts';
import type { TestPlatform } from './platform.ts';

/** The public address that callbacks are signed for. */
export const ORIGIN = 'https://sanad.example.org';

/** A message that has come to somebody who passes it on, and what they can do about it. */
export interface Incoming {
  /** Under which they know it. */
  readonly reference: string;
  take(): void;
  fail(): void;
  hangUp(): void;
}

/** Somebody who passes messages on and does whatever a test says. */
export interface Carrier {
  /** How the gateway to them is set up. */
  readonly gateway: object;
  /** The texts that came, as often as they came. */
  readonly texts: string[];
  /** What is done with the next messages. */
  behave: (message: Incoming) => void | Promise<void>;
  /** Tells us that a message was delivered. */
  report(platform: TestPlatform, gatewayId: string, reference: string): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 400;
const take = (message: Incoming) => message.take();
const sid = `AC${'a'.repeat(32)}`;
const pathOf = (gatewayId: string) => `/v1/gateways/${gatewayId}/receipts`;

interface Aggregated {
  gateway(url: string): object;
  text(asked: Asked): string;
  answer(reference: string, asked: Asked): object;
  report(platform: TestPlatform, gatewayId: string, reference: string): supertest.Test;
}

const form = (platform: TestPlatform, gatewayId: string, fields: Record<string, string>, headers: Record<string, string>) =>
  supertest(platform.app.http).post(pathOf(gatewayId)).type('form').set(headers).send(new URLSearchParams(fields).toString());

const aggregated: Readonly<Record<'http' | 'twilio' | 'africas_talking', Aggregated>> = {
  http: {
    gateway: (url) => httpGatewayTo(url, { timeoutMs: TIMEOUT_MS }),
    text: ({ body }) => body.text,
    answer: (id) => ({ id }),
    report(platform, gatewayId, id) {
      const body = JSON.stringify({ id, status: 'DELIVRD' });
      const signature = createHmac('sha256', 'receipt-secret').update(body).digest('hex');
      return supertest(platform.app.http)
        .post(pathOf(gatewayId))
        .set({ 'content-type': 'application/json', 'x-signature': signature })
        .send(body);
    },
  },
  twilio: {
    gateway: (server) => ({
      kind: 'twilio',
      perSecond: 1_000,
      settings: { accountSid: sid, from: '+15005550006', server, timeoutMs: TIMEOUT_MS },
      credentials: { authToken: 'token' },
    }),
    text: ({ raw }) => new URLSearchParams(raw).get('Body') ?? '',
    answer: (reference) => ({ sid: reference, status: 'queued' }),
    report(platform, gatewayId, MessageSid) {
      const fields = { AccountSid: sid, MessageSid, MessageStatus: 'delivered' };
      const said = ORIGIN + pathOf(gatewayId) + Object.entries(fields).flat().join('');
      return form(platform, gatewayId, fields, { 'x-twilio-signature': createHmac('sha1', 'token').update(said).digest('base64') });
    },
  },
  africas_talking: {
    gateway: (server) => ({
      kind: 'africas_talking',
      perSecond: 1_000,
      settings: { username: 'sanad', server, receiptAddresses: ['192.0.2.0/24'], timeoutMs: TIMEOUT_MS },
      credentials: { apiKey: 'key' },
    }),
    text: ({ raw }) => new URLSearchParams(raw).get('message') ?? '',
    answer: (messageId, { raw }) => ({
      SMSMessageData: { Recipients: [{ statusCode: 101, number: new URLSearchParams(raw).get('to'), messageId }] },
    }),
    report: (platform, gatewayId, id) => form(platform, gatewayId, { id, status: 'Success' }, { 'x-forwarded-for': '192.0.2.7' }),
  },
};

async function aggregatorAs({ gateway, text, answer, report }: Aggregated): Promise<Carrier> {
  const aggregator: Aggregator = await startAggregator();
  const carrier: Carrier = {
    gateway: gateway(aggregator.url),
    texts: [],
    behave: take,
    async report(...of) {
      await report(...of).expect(204);
    },
    close: () => aggregator.close(),
  };
  aggregator.answer = (response: ServerResponse, asked, request) => {
    carrier.texts.push(text(asked));
    const reference = `id-${randomUUID()}`;
    return carrier.behave({
      reference,
      take: () => void response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer(reference, asked))),
      fail: () => void response.writeHead(500).end('{}'),
      hangUp: () => void request.socket.destroy(),
    });
  };
  return carrier;
}

const SYSTEM_ERROR = 0x08;

async function messageCentre(): Promise<Carrier> {
  const centre = new Centre();
  const port = await centre.open();
  const carrier: Carrier = {
    gateway: {
      kind: 'smpp',
      perSecond: 1_000,
      settings: { host: '127.0.0.1', port, tls: false, systemId: 'sanad', from: 'INFO', timeoutMs: TIMEOUT_MS },
      credentials: { password: 'secret' },
    },
    texts: [],
    behave: take,
    report: (_platform, _gatewayId, reference) =>
      new Promise((resolve, reject) => {
        const done = `id:${reference} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:`;
        centre.sessions
          .at(-1)
          ?.deliver_sm({ esm_class: 4, short_message: Buffer.from(done) }, ({ command_status }) =>
            command_status === 0 ? resolve() : reject(new Error(`the report was answered ${command_status}`)),
          );
      }),
    close: () => centre.close(),
  };
  let parts = '';
  centre.onSubmit = (pdu: Pdu, session) => {
    const take = (message_id: string) => void session.send(pdu.response({ message_id }));
    const reference = `id-${randomUUID()}`;
    parts += (pdu.short_message as { message: string }).message;
    // The parts of one text come one after another, and the last one asks for the receipt.
    if (!pdu.registered_delivery) return take(reference);
    carrier.texts.push(parts);
    parts = '';
    return carrier.behave({
      reference,
      take: () => take(reference),
      fail: () => void session.send(pdu.response({ command_status: SYSTEM_ERROR })),
      hangUp: () => session.destroy(),
    });
  };
  return carrier;
}

/** Somebody who passes messages on, of each kind that we know. */
export const carriers: Readonly<Record<string, () => Promise<Carrier>>> = {
  http: () => aggregatorAs(aggregated.http),
  twilio: () => aggregatorAs(aggregated.twilio),
  africas_talking: () => aggregatorAs(aggregated.africas_talking),
  smpp: messageCentre,
};
