import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, many } from '../../test/support/registration-files.ts';
import { uploadOf } from './uploads.ts';

describe('an upload', () => {
  let platform: TestPlatform;
  let server: Server;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform({ environment: { UPLOAD_LIMIT_MIB: '1' } });
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer');
    server = createServer(platform.app.http).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    await platform.close();
  });

  const open = ({ token = officer.token, type = 'text/csv', headers = {} }: { token?: string; type?: string; headers?: object } = {}) =>
    request({
      port: (server.address() as AddressInfo).port,
      method: 'POST',
      path: `/v1/programmes/${frame.programmeId}/registration-files`,
      headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': randomUUID(), 'Content-Type': type, ...headers },
    });
  const answerTo = async (asked: ReturnType<typeof request>) => {
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, body: JSON.parse((await answer.toArray()).join('')) };
  };
  const traces = async () => {
    const { rows } = await platform.owner.query(`select (select count(*) from registration_files)::int as files,
      (select count(*) from registration_chunks)::int as chunks, (select count(*) from audit_events where command = 'intake.receive_file')::int as events`);
    return rows[0];
  };
  const left = () => readdirSync(join(platform.dataDir, 'uploads'));

  it('of somebody who may not send one is refused before a byte of it is read', async () => {
    const stranger = await platform.as('agent');
    for (const [token, status] of [
      ['nobody', 401],
      [stranger.token, 403],
    ] as const) {
      const asked = open({ token, headers: { 'Content-Length': 500_000 } });
      asked.flushHeaders();
      expect((await answerTo(asked)).status).toBe(status);
      asked.on('error', () => {}).destroy();
    }
    expect(await traces()).toEqual({ files: 0, chunks: 0, events: 0 });
  });

  it('that is too large is refused, whether it says so or not', async () => {
    const said = open({ headers: { 'Content-Length': 2 * 1024 * 1024 } });
    said.flushHeaders();
    expect(await answerTo(said)).toMatchObject({ status: 413, body: { code: 'too_large', detail: expect.stringContaining('1 MiB') } });
    said.on('error', () => {}).destroy();
    const unsaid = open();
    unsaid.on('error', () => {});
    const answered = answerTo(unsaid);
    unsaid.write(fileOf(...many(4)));
    for (let sent = 0; sent < 1024 * 1024; sent += 100_000) unsaid.write(`${'\n'.repeat(100_000)}`);
    expect(await answered).toMatchObject({ status: 413, body: { code: 'too_large' } });
    unsaid.destroy();
    expect(await traces()).toEqual({ files: 0, chunks: 0, events: 0 });
  });

  it('that has no body, is compressed or of another type is refused', async () => {
    for (const [options, status] of [
      [{ headers: { 'Content-Length': 0 } }, 400],
      [{ headers: { 'Content-Encoding': 'gzip' } }, 415],
      [{ type: 'image/png' }, 415],
      [{ type: '' }, 415],
    ] as const) {
      const asked = open(options);
      if (status === 415) asked.write('x');
      asked.end();
      expect((await answerTo(asked)).status, JSON.stringify(options)).toBe(status);
    }
  });

  it('that breaks off leaves nothing behind', async () => {
    const asked = open();
    asked.on('error', () => {});
    asked.write(fileOf(...many(2_000)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    asked.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await traces()).toEqual({ files: 0, chunks: 0, events: 0 });
    expect(left()).toEqual([]);
    expect(platform.log.join('')).not.toContain('request failed');
  });

  it('that arrives in pieces is the file that it would be in one', async () => {
    const csv = fileOf(...many(1_200));
    const asked = open();
    for (let at = 0; at < csv.length; at += 7_001) {
      asked.write(csv.slice(at, at + 7_001));
      if (at % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    asked.end();
    const { status, body } = await answerTo(asked);
    expect({ status, ...body }).toMatchObject({ status: 202, state: 'received', totalRows: 1_200, alreadyReceived: false });
    expect(await traces()).toEqual({ files: 1, chunks: 3, events: 1 });
    expect(left()).toEqual([]);
    const again = await officer.post(`/v1/programmes/${frame.programmeId}/registration-files`, csv).expect(202);
    expect(again.body).toMatchObject({ id: body.id, alreadyReceived: true });
    expect(await traces()).toEqual({ files: 1, chunks: 3, events: 2 });
  });

  it('that falls silent is given up', async () => {
    const silent = createServer((incoming) => {
      const asked = Object.assign(incoming, { get: (name: string) => incoming.headers[name] }) as unknown as Parameters<typeof uploadOf>[0];
      void (async () => {
        for await (const _bytes of uploadOf(asked, { bytes: 1_000, silenceMs: 50 }).bytes);
      })().catch((error: { code: string }) => incoming.socket.end(`HTTP/1.1 408 Timeout\r\nConnection: close\r\n\r\n${error.code}`));
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const asked = request({ port: (silent.address() as AddressInfo).port, method: 'POST', headers: { 'Content-Length': 100 } });
    asked.on('error', () => {});
    asked.write('some');
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect((await answer.toArray()).join('')).toBe('request_timeout');
    asked.destroy();
    silent.close();
  });
});
