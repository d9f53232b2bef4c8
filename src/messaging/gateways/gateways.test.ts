import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabase } from '../../../test/support/dump.ts';
import { type Aggregator, httpGatewayTo, startAggregator, statusOnly } from '../../../test/support/gateways.ts';
import { type Client, clientOf, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';

const otherKinds = [
  { kind: 'outbox', settings: {}, credentials: {} },
  { kind: 'twilio', settings: { accountSid: `AC${'a'.repeat(32)}`, from: 'INFO' }, credentials: { authToken: 'x' } },
  { kind: 'africas_talking', settings: { username: 'sanad' }, credentials: { apiKey: 'x' } },
  { kind: 'smpp', settings: { host: 'smsc.example.org', port: 2775, systemId: 'x' }, credentials: { password: 'x' } },
];

describe('gateways', () => {
  let platform: TestPlatform;
  let administrator: Client;
  let colleague: Client;
  let aggregator: Aggregator;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    administrator = await platform.as('administrator');
    colleague = await platform.as('administrator');
    aggregator = await startAggregator();
  });
  afterAll(async () => {
    await platform.close();
    aggregator.close();
  });

  const wanted = (changes: object = {}) => ({
    name: `Aggregator ${randomUUID()}`,
    position: 5,
    ...httpGatewayTo(aggregator.url),
    ...changes,
  });
  const added = async (changes: object = {}) => (await administrator.post('/v1/gateways', wanted(changes)).expect(201)).body;
  const faultsOf = async (gateway: object): Promise<string[]> =>
    (await administrator.post('/v1/gateways', gateway).expect(400)).body.errors.map(({ pointer }: { pointer: string }) => pointer);

  it('are set up switched off, shown without what opens them, and listed in their order', async () => {
    const later = await added({ position: 9 });
    for (const { kind, settings, credentials } of otherKinds) await added({ kind, settings, credentials, position: 20 });
    const { body, headers } = await administrator.post('/v1/gateways', wanted({ position: 2 })).expect(201);
    expect(headers['etag']).toBe('"1"');
    expect(body).toMatchObject({ kind: 'http', enabled: false, failures: 0, closedUntil: null, position: 2 });
    expect(JSON.stringify(body)).not.toMatch(/secret-token|receipt-secret/);
    const { items } = (await administrator.get('/v1/gateways').expect(200)).body;
    expect(items.map(({ id }: { id: string }) => id).slice(0, 2)).toEqual([body.id, later.id]);
    expect(items).toHaveLength(2 + otherKinds.length);
    expect((await administrator.get(`/v1/gateways/${body.id}`).expect(200)).body).toEqual(body);
    await (await platform.as('auditor')).get('/v1/gateways').expect(200);
    await administrator.get(`/v1/gateways/${randomUUID()}`).expect(404);
    await administrator.post('/v1/gateways', wanted({ name: body.name })).expect(409);
  });

  it('keep what opens them sealed, in the row alone', async () => {
    await added();
    const tables = await dumpDatabase(platform.owner);
    const everything = tables.map(({ text }) => text).join('\n') + platform.log.join('\n');
    expect(everything).toContain('Bearer {secret.token}');
    for (const secret of ['secret-token', 'receipt-secret']) expect(everything).not.toContain(secret);
  });

  it('name every setting that is wrong', async () => {
    const { settings } = httpGatewayTo(aggregator.url);
    expect(await faultsOf(wanted({ settings: { url: 'x' } }))).toEqual(['/body/settings/body']);
    expect(await faultsOf(wanted({ settings: { ...settings, timeoutMs: 1, receipts: { ...settings.receipts, status: 'x' } } }))).toEqual([
      '/body/settings/receipts/status',
      '/body/settings/timeoutMs',
    ]);
    const faults = await faultsOf(
      wanted({
        settings: {
          ...settings,
          url: 'https://sms.example.org/?to={to}',
          headers: { 'X-Text': '{text}' },
          body: { number: 'x', key: '{secret.other}' },
          receipts: { ...settings.receipts, signature: undefined, addresses: ['192.0.2.0/99'] },
        },
      }),
    );
    expect(faults.toSorted()).toEqual([
      '/body/credentials/other',
      '/body/settings/body',
      '/body/settings/body',
      '/body/settings/headers/X-Text',
      '/body/settings/receipts/addresses/0',
      '/body/settings/url',
    ]);
    const twilio = { kind: 'twilio', perSecond: 1, position: 1, name: 'T', settings: { accountSid: `AC${'a'.repeat(32)}` } };
    expect(await faultsOf(twilio)).toEqual(['/body/settings/from', '/body/credentials/authToken']);
    const smpp = {
      kind: 'smpp',
      perSecond: 1,
      position: 1,
      name: 'S',
      settings: { host: '10.0.0.1', port: 2775, systemId: 'x' },
      credentials: {},
    };
    expect(await faultsOf(smpp)).toEqual(['/body/settings/host', '/body/credentials/password']);
    const { body, headers } = await administrator.post('/v1/gateways', smpp).set('Accept-Language', 'ar').expect(400);
    expect(body.errors[1]).toEqual({
      pointer: '/body/credentials/password',
      code: 'gateway_credential_missing',
      detail: 'هذا ناقص. املأه.',
    });
    expect(headers['content-language']).toBe('ar');
  });

  it.each([
    'http://sms.example.org/',
    'https://127.0.0.1/',
    'https://169.254.169.254/latest',
    'https://[::1]/',
    'file:///etc/passwd',
    'https://u:p@sms.example.org/',
  ])('do not stand at %s', async (url) => {
    const { settings } = httpGatewayTo(aggregator.url);
    expect(await faultsOf(wanted({ settings: { ...settings, url } }))).toEqual(['/body/settings/url']);
  });

  it('are changed as they were read, and never led elsewhere with what opens them', async () => {
    const { id, settings } = await added();
    const path = `/v1/gateways/${id}`;
    const { body } = await administrator.patch(path, '"1"', { position: 1, perSecond: 7 }).expect(200);
    expect(body).toMatchObject({ enabled: false, position: 1, perSecond: 7 });
    await administrator.patch(path, '"1"', { enabled: false }).expect(409);
    const thief = { settings: { ...settings, url: `${aggregator.url}/thief` } };
    expect((await administrator.patch(path, '"2"', thief).expect(400)).body.errors).toMatchObject([{ pointer: '/body/credentials' }]);
    await administrator.patch(path, '"2"', { ...thief, credentials: { token: 'mine' } }).expect(400);
    await administrator.patch(path, '"2"', { ...thief, credentials: { token: 'mine', receiptSecret: 'mine' } }).expect(200);
    await administrator.patch(path, '"3"', { enabled: false }).expect(200);
  });

  describe('take two administrators', () => {
    const enabled = { enabled: true };
    const enabledOne = async (changes: object = {}) => {
      const { id, settings } = await added(changes);
      const path = `/v1/gateways/${id}`;
      await colleague.patch(path, '"1"', enabled).expect(200);
      return { id, path, settings };
    };
    const isRefused = async (answer: ReturnType<Client['patch']>) =>
      expect((await answer.expect(403)).body.code).toBe('separation_of_duties');
    const alertsOf = async (id: string) =>
      (await platform.owner.query(`select caused_by, facts from alerts where kind = 'messaging.gateway_enabled' and subject_id = $1`, [id]))
        .rows;

    it('one sets it up, another enables it, and everybody is told', async () => {
      const { id } = await added();
      const path = `/v1/gateways/${id}`;
      await isRefused(administrator.patch(path, '"1"', enabled));
      expect(await alertsOf(id)).toEqual([]);
      const { body } = await colleague.patch(path, '"1"', enabled).expect(200);
      expect(body).toMatchObject({ enabled: true, changedBy: [administrator.userId], enabledBy: colleague.userId });
      expect(await alertsOf(id)).toEqual([{ caused_by: colleague.userId, facts: { version: 2 } }]);
      await colleague.patch(path, '"2"', { perSecond: 3, name: `Renamed ${id}` }).expect(200);
      expect((await administrator.get(path).expect(200)).body).toMatchObject({ enabled: true, perSecond: 3 });
      expect(await alertsOf(id)).toHaveLength(1);
      await administrator.patch(path, '"3"', { enabled: false }).expect(200);
      await isRefused(administrator.patch(path, '"4"', enabled));
    });

    it.each([
      ['settings', { settings: httpGatewayTo('https://elsewhere.example').settings, credentials: httpGatewayTo('').credentials }],
      ['credentials', { credentials: { token: 'mine', receiptSecret: 'mine' } }],
      ['place', { position: 1 }],
    ])('other %s switch it off until another has looked', async (_what, change) => {
      const { path } = await enabledOne();
      await isRefused(colleague.patch(path, '"2"', { ...change, ...enabled }));
      const { body } = await colleague.patch(path, '"2"', change).expect(200);
      expect(body).toMatchObject({ enabled: false, changedBy: [colleague.userId], enabledBy: null });
      await isRefused(colleague.patch(path, '"3"', enabled));
      await administrator.patch(path, '"3"', enabled).expect(200);
    });

    it('nor does it help that somebody else moves it before it is enabled', async () => {
      const { id } = await added();
      const path = `/v1/gateways/${id}`;
      const { body } = await colleague.patch(path, '"1"', { position: 1 }).expect(200);
      expect(body.changedBy).toEqual([administrator.userId, colleague.userId]);
      for (const by of [administrator, colleague]) await isRefused(by.patch(path, '"2"', enabled));
      const { settings, credentials } = httpGatewayTo(aggregator.url);
      const anew = await colleague.patch(path, '"2"', { settings, credentials }).expect(200);
      expect(anew.body.changedBy).toEqual([colleague.userId]);
      await administrator.patch(path, '"3"', enabled).expect(200);
    });

    it('whoever enables has read what they enable', async () => {
      const { id } = await added();
      const path = `/v1/gateways/${id}`;
      await administrator.patch(path, '"1"', { credentials: { token: 'mine', receiptSecret: 'mine' } }).expect(200);
      await colleague.patch(path, '"1"', enabled).expect(409);
    });
  });

  it('send a test that says nothing, which is kept nowhere, and once for one request', async () => {
    const { id } = await added();
    const to = '+213550123456';
    const key = randomUUID();
    const { body } = await administrator.post(`/v1/gateways/${id}/test`, { to }, key).expect(200);
    const sent = aggregator.asked.at(-1)?.body;
    expect(sent).toMatchObject({ to, text: 'Test 123' });
    expect(body).toEqual({ outcome: 'accepted', reference: `agg-${sent?.reference}` });
    expect((await administrator.post(`/v1/gateways/${id}/test`, { to }, key).expect(200)).body).toEqual(body);
    aggregator.answer = statusOnly(403);
    expect((await administrator.post(`/v1/gateways/${id}/test`, { to }).expect(200)).body).toEqual({ outcome: 'down', reference: null });
    const tables = await dumpDatabase(platform.owner);
    expect(tables.map(({ text }) => text).join('\n') + platform.log.join('\n')).not.toContain('550123456');
  });

  it('are for administrators with a fresh second factor', async () => {
    const { id } = await added();
    const officer = await platform.as('finance_officer');
    await officer.get('/v1/gateways').expect(403);
    await officer.post('/v1/gateways', wanted()).expect(403);
    await officer.post(`/v1/gateways/${id}/test`, { to: '+213550123456' }).expect(403);
    const stale = await platform.as('administrator');
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '1 hour' where user_id = $1`, [
      stale.userId,
    ]);
    const tired = clientOf(platform, stale.userId, stale.token);
    for (const request of [
      tired.post('/v1/gateways', wanted()),
      tired.patch(`/v1/gateways/${id}`, '"1"', { enabled: true }),
      tired.post(`/v1/gateways/${id}/test`, { to: '+213550123456' }),
    ])
      expect((await request.expect(401)).body.code).toBe('step_up_required');
  });

  it('are never deleted, and keep their kind', async () => {
    const { id } = await added();
    const sql = await platform.applicationClient();
    await expect(sql.query('delete from gateways where id = $1', [id])).rejects.toMatchObject({ code: '42501' });
    await expect(sql.query(`update gateways set kind = 'outbox' where id = $1`, [id])).rejects.toMatchObject({ code: '42501' });
    await sql.query('update gateway_paces set free_at = now() where gateway_id = $1', [id]);
    await expect(
      sql.query(`update gateway_paces set free_at = now() - interval '1 hour' where gateway_id = $1`, [id]),
    ).rejects.toMatchObject({
      constraint: 'gateway_paces_over',
    });
    await sql.end();
  });
});
