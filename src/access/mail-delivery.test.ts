import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenIn } from '../../test/support/mail.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';

type Trouble = (session: SMTPServerSession) => Error | 'hang up' | 'be silent' | undefined;

describe('an invitation on its way', () => {
  let platform: TestPlatform;
  let server: SMTPServer;
  let trouble: Trouble = () => undefined;
  const received: { to: string; text: string }[] = [];

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 10,
      onRcptTo(_address, session, done) {
        const what = trouble(session);
        if (what === 'be silent') return;
        if (what === 'hang up') {
          const { connections } = server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> };
          for (const connection of connections) if (connection.id === session.id) connection._socket.destroy();
        } else {
          done(what);
        }
      },
      onData(stream, { envelope }, done) {
        let text = '';
        stream.on('data', (chunk) => {
          text += chunk;
        });
        stream.on('end', () => {
          const plain = text
            .replaceAll('=\r\n', '')
            .replaceAll(/=([0-9A-F]{2})/g, (_match, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
          received.push({ to: envelope.rcptTo[0]?.address ?? '', text: plain });
          done();
        });
      },
    });
    server.on('error', () => {});
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const { port } = server.server.address() as AddressInfo;
    platform = await startPlatform({
      environment: { SMTP_URL: `smtp://127.0.0.1:${port}`, SMTP_TIMEOUT_MS: '300', PUBLIC_URL: 'https://sanad.example.org' },
    });
  });
  afterAll(async () => {
    await platform.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  async function invite(): Promise<{ id: string; email: string }> {
    const email = `${randomUUID()}@example.org`;
    const administrator = await platform.as('administrator');
    const { body } = await administrator.post('/v1/users', { email, displayName: 'Karim', language: 'en' }).expect(201);
    return { id: body.id, email };
  }
  /** Time goes on until nothing is left to send. */
  async function delivered(): Promise<void> {
    let done = false;
    const drained = platform.settled().then(() => {
      done = true;
    });
    while (!done) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      platform.clock.skip(10_000);
    }
    await drained;
  }
  const mailsTo = (email: string) => received.filter(({ to }) => to === email);
  const refusal = (responseCode: number) => Object.assign(new Error('not now'), { responseCode });

  it('arrives after a server that is full, hangs up and is silent, with a link that opens', async () => {
    const troubles = [refusal(451), 'hang up', 'be silent'] as const;
    let tries = 0;
    trouble = () => {
      tries += 1;
      return troubles[tries - 1];
    };
    const { email } = await invite();
    await delivered();
    expect(tries).toBeGreaterThan(troubles.length);
    const [mail] = mailsTo(email);
    expect(mail?.text).toContain('https://sanad.example.org/invitation#');
    const { body } = await (await platform.as('auditor')).post('/v1/links/open', { token: tokenIn(mail) }).expect(200);
    expect(body.email).toBe(email);
    expect(platform.log.join('\n')).not.toContain(email);
  });

  it('is not sent any more once it was revoked, and an administrator hears of a mailbox that refuses it', async () => {
    let tries = 0;
    trouble = () => {
      tries += 1;
      return refusal(451);
    };
    const revoked = await invite();
    while (tries === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await (await platform.as('administrator')).post(`/v1/users/${revoked.id}/invitation/revoke`).expect(204);
    trouble = () => undefined;
    await delivered();
    expect(mailsTo(revoked.email)).toEqual([]);
    trouble = () => refusal(550);
    const unknown = await invite();
    await delivered();
    const { rows } = await platform.owner.query('select kind, facts from alerts where subject_id = $1', [unknown.id]);
    expect(rows).toEqual([{ kind: 'access.mail_refused', facts: {} }]);
  });
});
