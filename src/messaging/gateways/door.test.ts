import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { isSignedByTwilio } from './door.ts';

const ORIGIN = 'https://sanad.example.org';
const TOKEN = 'the token of the account';

describe('the door that receipts come in by', () => {
  let platform: TestPlatform;
  let administrator: Client;
  let second: Client;
  beforeAll(async () => {
    platform = await startPlatform({
      recurring: false,
      environment: { PUBLIC_URL: ORIGIN, TRUSTED_PROXIES: '127.0.0.1,::1,::ffff:127.0.0.1' },
    });
    [administrator, second] = [await platform.as('administrator'), await platform.as('administrator')];
  });
  afterAll(() => platform.close());

  const set = async (gateway: object): Promise<string> =>
    (await administrator.post('/v1/gateways', { name: randomUUID(), perSecond: 1, position: 1, ...gateway }).expect(201)).body.id;
  const added = async (gateway: object): Promise<string> => {
    const id = await set(gateway);
    await second.patch(`/v1/gateways/${id}`, '"1"', { enabled: true }).expect(200);
    return id;
  };
  const pathOf = (id: string) => `/v1/gateways/${id}/receipts`;
  const post = (id: string, form: Record<string, string>, headers: Record<string, string>) =>
    supertest(platform.app.http).post(pathOf(id)).type('form').set(headers).send(new URLSearchParams(form).toString());
  const kept = async (id: string): Promise<string[]> =>
    (await platform.owner.query('select reference from message_receipts where gateway_id = $1 order by reference', [id])).rows.map(
      ({ reference }) => reference,
    );

  describe('of Twilio', () => {
    const signature = (url: string, form: Record<string, string>, token = TOKEN) =>
      createHmac('sha1', token)
        .update(
          url +
            Object.entries(form)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map((field) => field.join(''))
              .join(''),
        )
        .digest('base64');
    const twilio = () =>
      added({ kind: 'twilio', settings: { accountSid: `AC${'a'.repeat(32)}`, from: 'INFO' }, credentials: { authToken: TOKEN } });
    const form = { MessageStatus: 'delivered', MessageSid: 'SM1', AccountSid: `AC${'a'.repeat(32)}` };

    it('opens to a signature over the public address, which a proxy does not tell', async () => {
      const id = await twilio();
      const sign = signature(ORIGIN + pathOf(id), form);
      await post(id, form, { host: 'internal:8080', 'x-twilio-signature': sign }).expect(204);
      expect(await kept(id)).toEqual(['SM1']);
    });

    it('stays shut to any other, and to none', async () => {
      const [id, other] = [await twilio(), await twilio()];
      const right = ORIGIN + pathOf(id);
      const sign = signature(right, form);
      const wrong = [
        signature(right, form, 'another token'),
        signature(right, form, ''),
        signature(right, { ...form, MessageStatus: 'failed' }),
        signature(`https://evil.example${pathOf(id)}`, form),
        signature(`http://internal:8080${pathOf(id)}`, form),
        signature(ORIGIN + pathOf(other), form),
        sign.toLowerCase(),
        sign.slice(0, -1),
        '',
      ];
      for (const given of wrong)
        await post(id, form, { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-twilio-signature': given }).expect(404);
      await post(id, form, {}).expect(404);
      await post(id, { ...form, MessageSid: 'SM2' }, { 'x-twilio-signature': sign }).expect(404);
      await post(other, form, { 'x-twilio-signature': sign }).expect(404);
      expect([await kept(id), await kept(other)]).toEqual([[], []]);
    });

    it('stays shut until another administrator has confirmed how it signs, and open once it is only switched off', async () => {
      const gateway = { kind: 'twilio', settings: { accountSid: `AC${'a'.repeat(32)}`, from: 'INFO' }, credentials: { authToken: TOKEN } };
      const id = await set(gateway);
      const report = (token = TOKEN) => post(id, form, { 'x-twilio-signature': signature(ORIGIN + pathOf(id), form, token) });
      await report().expect(404);
      await second.patch(`/v1/gateways/${id}`, '"1"', { enabled: true }).expect(200);
      await report().expect(204);
      await second.patch(`/v1/gateways/${id}`, '"2"', { enabled: false }).expect(200);
      await report().expect(204);
      // Who has the token changed to one of their own is believed by nobody yet.
      await administrator.patch(`/v1/gateways/${id}`, '"3"', { credentials: { authToken: 'their own' } }).expect(200);
      await report('their own').expect(404);
      await report().expect(404);
    });

    it('signs as the example of its documentation does', () => {
      const caller = '%2B14158675309';
      const body = Buffer.from(`To=%2B18005551212&From=${caller}&Digits=1234&Caller=${caller}&CallSid=CA1234567890ABCDE`);
      const headers = { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' };
      const isSigned = (url: string) => isSignedByTwilio({ contentType: '', body, headers, address: '' }, url, '12345');
      expect(isSigned('https://mycompany.com/myapp.php?foo=1&bar=2')).toBe(true);
      expect(isSigned('https://mycompany.com/myapp.php?foo=1')).toBe(false);
    });

    it('stays shut where there is no token', () => {
      const headers = { 'x-twilio-signature': signature(ORIGIN, {}, '') };
      for (const token of ['', undefined])
        expect(isSignedByTwilio({ contentType: '', body: Buffer.alloc(0), headers, address: '' }, ORIGIN, token)).toBe(false);
    });
  });

  describe("of Africa's Talking", () => {
    const africasTalking = (receiptAddresses?: string[]) =>
      added({
        kind: 'africas_talking',
        settings: { username: 'sanad', ...(receiptAddresses && { receiptAddresses }) },
        credentials: { apiKey: 'x' },
      });
    const from = (id: string, address: string, reference: string) =>
      post(id, { id: reference, status: 'Success' }, { 'x-forwarded-for': address });

    it('opens to the addresses that its settings name, and to no other', async () => {
      const id = await africasTalking(['192.0.2.0/28', '198.51.100.7', '2001:db8::/32']);
      const inside = ['192.0.2.1', '192.0.2.15', '198.51.100.7', '2001:db8::7'];
      const outside = ['192.0.2.16', '198.51.100.8', '203.0.113.9', '2001:db9::7', '192.0.2.1, 203.0.113.9'];
      for (const [i, address] of inside.entries()) await from(id, address, `in-${i}`).expect(204);
      for (const [i, address] of outside.entries()) await from(id, address, `out-${i}`).expect(404);
      await post(id, { id: 'none', status: 'Success' }, {}).expect(404);
      expect(await kept(id)).toEqual(['in-0', 'in-1', 'in-2', 'in-3']);
    });

    it('stays shut where they name none', async () => {
      const id = await africasTalking();
      await from(id, '192.0.2.1', 'a').expect(404);
      expect(await kept(id)).toEqual([]);
    });
  });

  it('says that there is nothing before it has read what comes', async () => {
    const server = platform.app.http.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      const status = await new Promise((resolve, reject) => {
        const path = pathOf(randomUUID());
        const { port } = server.address() as AddressInfo;
        const sent = request({ port, host: '127.0.0.1', path, method: 'POST', headers: { 'content-type': 'application/json' } });
        sent.on('response', ({ statusCode }) => {
          resolve(statusCode);
          sent.destroy();
        });
        sent.on('error', reject);
        // The body never ends.
        sent.write('{');
      });
      expect(status).toBe(404);
    } finally {
      server.close();
    }
  });
});
