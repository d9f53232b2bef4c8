import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client, TestPlatform } from './platform.ts';

/** What came to an aggregator. */
export interface Asked {
  readonly at: number;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** As it came. */
  readonly raw: string;
  readonly body: { readonly to: string; readonly text: string; readonly reference: string };
}

/** Answers one request. */
export type Answering = (response: ServerResponse, asked: Asked, request: IncomingMessage) => void | Promise<void>;

/** An aggregator that takes everything until it is told to misbehave. */
export interface Aggregator {
  readonly url: string;
  readonly asked: Asked[];
  /** How it answers from now on. */
  answer: Answering;
  close(): void;
}

export const accepted: Answering = (response, { body }) =>
  void response.writeHead(202).end(JSON.stringify({ id: `agg-${body.reference}` }));
export const statusOnly =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response.writeHead(status, headers).end('{}');
/** Takes it, and hangs up before anybody knows. */
export const hangUp: Answering = (_response, _asked, request) => void request.socket.destroy();
export const silence: Answering = () => {};

export async function startAggregator(): Promise<Aggregator> {
  const server = createServer(async (request, response) => {
    let raw = '';
    for await (const chunk of request) raw += chunk;
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const body = isForm ? Object.fromEntries(new URLSearchParams(raw)) : JSON.parse(raw || '{}');
    const asked: Asked = { at: performance.now(), path: request.url ?? '', headers: request.headers, raw, body };
    aggregator.asked.push(asked);
    await aggregator.answer(response, asked, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const aggregator: Aggregator = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answer: accepted,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return aggregator;
}

/** A gateway that posts to an aggregator, as somebody would set it up. */
export const httpGatewayTo = (url: string, changes: object = {}) => ({
  kind: 'http',
  perSecond: 1_000,
  settings: {
    url: `${url}/sms`,
    headers: { authorization: 'Bearer {secret.token}' },
    body: { to: '{to}', text: '{text}', from: '{from}', reference: '{reference}' },
    reference: '/id',
    receipts: {
      reference: '/id',
      status: '/status',
      time: '/at',
      delivered: ['DELIVRD'],
      undelivered: ['UNDELIV'],
      signature: { header: 'X-Signature' },
    },
    timeoutMs: 5_000,
    ...changes,
  },
  credentials: { token: 'secret-token', receiptSecret: 'receipt-secret' },
});

let made = 0;

/** Sets a gateway up by the API, and has another administrator switch it on. @returns its identifier */
export async function addGateway(platform: TestPlatform, gateway: object, position = 1, client?: Client): Promise<string> {
  const administrator = client ?? (await platform.as('administrator'));
  made += 1;
  const { body } = await administrator.post('/v1/gateways', { name: `Gateway ${made}`, position, ...gateway }).expect(201);
  await (await platform.as('administrator')).patch(`/v1/gateways/${body.id}`, '"1"', { enabled: true }).expect(200);
  return body.id;
}
