import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receivedSms } from '../../test/support/vouchers.ts';
import { systemClock } from '../platform/index.ts';
import { httpGateway } from './http-gateway.ts';
import { outboxGateway } from './outbox-gateway.ts';

const sms = { to: '+213550000001', text: 'Your code', reference: 'message-1' };

describe('the gateway over HTTP', () => {
  let server: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const received: { headers: IncomingMessage['headers']; body: unknown }[] = [];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push({ headers: request.headers, body: body && JSON.parse(body) });
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const send = (how: typeof answer, timeoutMs = 2_000) => {
    answer = how;
    return httpGateway({ url, token: 'secret-token', timeoutMs }).send(sms);
  };
  const status =
    (code: number, body = '') =>
    (_request: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(code).end(body);

  it('posts the message with the token and takes the reference of the answer', async () => {
    expect(await send(status(202, '{"reference": "agg-77", "more": 1}'))).toEqual({ accepted: true, reference: 'agg-77' });
    expect(received.at(-1)).toMatchObject({
      headers: { authorization: 'Bearer secret-token', 'content-type': 'application/json' },
      body: sms,
    });
  });

  it('counts a message as taken when only the answer to it cannot be read', async () => {
    const taken = { accepted: true, reference: 'message-1' };
    expect(await send(status(200, 'OK'))).toEqual(taken);
    expect(await send(status(200, JSON.stringify({ reference: `${sms.to} ${sms.text}` })))).toEqual(taken);
    expect(
      await send((_request, response) => {
        response.writeHead(200, { 'content-length': 1_000 }).write('{');
        setTimeout(() => response.destroy(), 20);
      }),
    ).toEqual(taken);
  });

  it('tells a refusal for good from a refusal for now', async () => {
    expect(await send(status(400))).toEqual({ accepted: false, permanent: true, reason: 'refused' });
    expect(await send(status(403, `bad number ${sms.to}`))).toEqual({ accepted: false, permanent: true, reason: 'refused' });
    expect(await send(status(429))).toEqual({ accepted: false, permanent: false, reason: 'refused_for_now' });
  });

  it('knows nothing when the server breaks, redirects, hangs up or takes too long', async () => {
    await expect(send(status(500))).rejects.toThrow('500');
    await expect(send((_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end())).rejects.toThrow('302');
    await expect(send((request) => void request.socket.destroy())).rejects.toThrow();
    await expect(send(() => {}, 100)).rejects.toThrow();
  });
});

describe('the outbox', () => {
  it('is a file that only its owner reads', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sanad-outbox-'));
    try {
      const gateway = outboxGateway(dataDir, systemClock);
      await Promise.all(Array.from({ length: 20 }, (_none, i) => gateway.send({ ...sms, reference: `message-${i}` })));
      expect(
        receivedSms({ dataDir })
          .map(({ reference }) => reference)
          .sort(),
      ).toEqual(Array.from({ length: 20 }, (_none, i) => `message-${i}`).sort());
      expect(statSync(join(dataDir, 'outbox')).mode & 0o777).toBe(0o700);
      expect(statSync(join(dataDir, 'outbox', 'sms.jsonl')).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
