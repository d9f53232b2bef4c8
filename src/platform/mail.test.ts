import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { MailNotSent, mailOutboxFile, outboxMailer, smtpMailer } from './mail.ts';

const mail = {
  to: 'amina@example.org',
  subject: 'فعّل حسابك',
  text: 'رابطك: https://sanad.example.org/invitation#secret\n',
  reference: 'link-1',
};

describe('e-mail over SMTP', () => {
  const servers: SMTPServer[] = [];
  const received: string[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    received.length = 0;
  });

  /** A server that takes every mail, but for what it is told to do. */
  async function serverThat(options: SMTPServerOptions = {}): Promise<number> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 10,
      onData(stream, _session, done) {
        let text = '';
        stream.on('data', (chunk) => {
          text += chunk;
        });
        stream.on('end', () => {
          received.push(text);
          done();
        });
      },
      ...options,
    });
    server.on('error', () => {});
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return (server.server.address() as AddressInfo).port;
  }
  const mailerAt = (port: number, options: { timeoutMs?: number; requireTls?: boolean; userInfo?: string; host?: string } = {}) =>
    smtpMailer({
      url: `smtp://${options.userInfo ?? ''}${options.host ?? '127.0.0.1'}:${port}`,
      from: 'accounts@example.org',
      timeoutMs: options.timeoutMs ?? 2_000,
      requireTls: options.requireTls ?? false,
    });
  const refusal = (responseCode: number) => Object.assign(new Error(`no ${mail.to}`), { responseCode });
  async function trouble(work: Promise<boolean>): Promise<unknown> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(MailNotSent);
    expect(JSON.stringify([String(error), (error as Error).stack, (error as Error).cause])).not.toContain('amina');
    return error;
  }

  it('is taken, in any script, with a reference by which a repetition is known', async () => {
    const mailer = mailerAt(await serverThat());
    expect(await mailer.send(mail)).toBe(true);
    expect(await mailer.send(mail)).toBe(true);
    const headers = received.map((text) => text.split('\r\n\r\n')[0] ?? '');
    for (const header of headers) {
      expect(header).toMatch(/^From: accounts@example\.org$/m);
      expect(header).toMatch(/^To: amina@example\.org$/m);
      expect(header).toMatch(/^Message-ID: <link-1@example\.org>$/m);
      expect(header).toMatch(/^Auto-Submitted: auto-generated$/m);
      expect(header).toMatch(/^Content-Type: text\/plain; charset=utf-8$/m);
    }
    expect(headers[0]).toMatch(/^Content-Transfer-Encoding: quoted-printable$/m);
    const body = (received[0] ?? '').slice((headers[0] ?? '').length + 4);
    const bytes = body
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_match, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    expect(Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n')).toBe(mail.text);
  });

  it('is given up when the mailbox or the text is refused for good', async () => {
    const noMailbox = mailerAt(await serverThat({ onRcptTo: (_address, _session, done) => done(refusal(550)) }));
    expect(await noMailbox.send(mail)).toBe(false);
    const noText = mailerAt(
      await serverThat({
        onData(stream, _session, done) {
          stream.resume().on('end', () => done(refusal(554)));
        },
      }),
    );
    expect(await noText.send(mail)).toBe(false);
  });

  it('is to be sent again when the server is full, or takes nothing from us yet', async () => {
    await trouble(mailerAt(await serverThat({ onRcptTo: (_address, _session, done) => done(refusal(451)) })).send(mail));
    await trouble(mailerAt(await serverThat({ onMailFrom: (_address, _session, done) => done(refusal(550)) })).send(mail));
    const port = await serverThat({ onAuth: (_auth, _session, done) => done(refusal(535)), allowInsecureAuth: true });
    await trouble(mailerAt(port, { userInfo: 'sanad:wrong@' }).send(mail));
  });

  it('is to be sent again when nobody is there, hangs up or is silent', async () => {
    const port = await serverThat();
    await Promise.all(servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    await trouble(mailerAt(port).send(mail));
    const hangsUp = await serverThat({
      onData(stream, session) {
        stream.resume();
        const { connections } = servers.at(-1) as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> };
        for (const connection of connections) if (connection.id === session.id) connection._socket.destroy();
      },
    });
    await trouble(mailerAt(hangsUp).send(mail));
    const silent = await serverThat({ onRcptTo: () => {} });
    await trouble(mailerAt(silent, { timeoutMs: 200 }).send(mail));
  });

  it('tells a server on another machine nothing without TLS, where that is asked for', async () => {
    const port = await serverThat();
    // A name of this machine that is not taken for this machine.
    await trouble(mailerAt(port, { requireTls: true, host: '127.0.0.2', timeoutMs: 500 }).send(mail));
    expect(received).toEqual([]);
    expect(await mailerAt(port, { requireTls: true }).send(mail)).toBe(true);
  });

  it('goes to one mailbox, whatever an address looks like', async () => {
    const recipients: string[] = [];
    const port = await serverThat({
      onRcptTo(address, _session, done) {
        recipients.push(address.address);
        done();
      },
    });
    for (const to of ['a@example.org, b@example.org', 'a@example.org\r\nBcc: b@example.org']) {
      await mailerAt(port)
        .send({ ...mail, to })
        .catch(() => false);
    }
    await mailerAt(port).send({ ...mail, subject: 'Hello\r\nBcc: b@example.org' });
    expect(recipients).not.toContain('b@example.org');
    expect(received.join('')).not.toMatch(/^Bcc:/m);
  });
});

describe('the outbox', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sanad-mail-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it('is a file that only its owner reads', async () => {
    expect(await outboxMailer(dataDir, systemClock).send(mail)).toBe(true);
    expect(JSON.parse(readFileSync(mailOutboxFile(dataDir), 'utf8'))).toMatchObject(mail);
    expect(statSync(join(dataDir, 'outbox')).mode & 0o777).toBe(0o700);
    expect(statSync(mailOutboxFile(dataDir)).mode & 0o777).toBe(0o600);
  });
});
