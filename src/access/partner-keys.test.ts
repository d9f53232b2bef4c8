import { createHash } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { confirmed, confirmedKey } from '../../test/support/keys.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration } from '../../test/support/registrations.ts';
import { newId, operationsOf, readContract } from '../platform/index.ts';
import { authorise, authoriseRead } from './authorise.ts';
import { type PermissionName, permissionNamed, permissions } from './permissions.ts';
import { passerBy } from './system.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe('keys of partners', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let administrator: Client;
  let partnerId: string;

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    administrator = await platform.as('administrator');
    partnerId = (await administrator.post('/v1/partners', { name: 'Relief Network' }).expect(201)).body.id;
  });
  // Time passes in these tests, and a second factor does not stay fresh.
  beforeEach(async () => {
    administrator = await platform.as('administrator');
  });
  afterAll(() => platform.close());

  const inDays = (days: number) => new Date(platform.clock.now().getTime() + days * DAY_MS).toISOString();
  const keys = () => `/v1/partners/${partnerId}/keys`;
  const issue = async (programmeId = frame.programmeId) =>
    confirmedKey(platform, administrator, keys(), { programmeId, expiresAt: inDays(90) });
  const withKey = (key: string, programmeId = frame.programmeId) =>
    supertest(platform.app.http).get(`/v1/programmes/${programmeId}/referrals`).set('Authorization', `Bearer ${key}`);
  const shown = async (id: string) => (await administrator.get(keys()).expect(200)).body.items.find((key: { id: string }) => key.id === id);

  it('are shown once, and kept as a prefix and a hash', async () => {
    const { key, ...described } = await issue();
    expect(key).toMatch(/^sanad_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/);
    expect(await shown(described.id)).toEqual({ ...described, confirmedBy: expect.any(String), confirmedAt: expect.any(String) });
    const { rows } = await platform.owner.query('select prefix, key_hash from api_keys where id = $1', [described.id]);
    expect(rows[0]).toEqual({ prefix: key.slice(6, 18), key_hash: createHash('sha256').update(key).digest() });
    const secret = key.slice(19);
    const tables = await platform.owner.query(`select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`);
    for (const { relname } of tables.rows) {
      const { rowCount } = await platform.owner.query(`select from "${relname}" t where t::text like '%' || $1 || '%'`, [secret]);
      expect(rowCount, relname).toBe(0);
    }
    expect(platform.log.join('')).not.toContain(secret);
  });

  it('let no administrator invent people alone: a key opens nothing until another has confirmed it', async () => {
    const wanted = { programmeId: frame.programmeId, expiresAt: inDays(9) };
    const { key, ...made } = (await administrator.post(keys(), wanted).expect(201)).body;
    expect(made).toMatchObject({ createdBy: administrator.userId, confirmedBy: null, confirmedAt: null });
    const refer = () =>
      supertest(platform.app.http)
        .post(`/v1/programmes/${frame.programmeId}/referrals`)
        .set('Authorization', `Bearer ${key}`)
        .set('Idempotency-Key', newId())
        .send({ reference: 'INVENTED', registration: registration() });
    const [refused, unknown] = [await refer().expect(401), await withKey(`sanad_aaaaaaaaaaaa_${'A'.repeat(43)}`).expect(401)];
    expect(refused.body.detail).toBe(unknown.body.detail);
    const own = await administrator.post(`${keys()}/${made.id}/confirm`).expect(403);
    expect([own.body.code, own.body.detail]).toEqual(['separation_of_duties', expect.stringContaining('Ask another administrator')]);
    await refer().expect(401);
    const told = await platform.owner.query('select kind, facts from alerts where subject_id = $1 order by id', [made.id]);
    expect(told.rows).toEqual([
      { kind: 'access.key_made', facts: { partnerId, prefix: made.prefix } },
      { kind: 'access.dead_key_used', facts: { end: 'unconfirmed', prefix: made.prefix } },
    ]);
    const elsewhere = await platform.as('administrator', { programme: (await makeFrame(platform)).programmeId });
    await elsewhere.post(`${keys()}/${made.id}/confirm`).expect(404);
    await (await platform.as('auditor')).post(`${keys()}/${made.id}/confirm`).expect(403);
    const second = await platform.as('administrator');
    const { body } = await second.post(`${keys()}/${made.id}/confirm`).expect(200);
    expect(body).toEqual({ ...made, confirmedBy: second.userId, confirmedAt: expect.any(String) });
    await withKey(key).expect(200);
    expect((await (await platform.as('administrator')).post(`${keys()}/${made.id}/confirm`).expect(409)).body.code).toBe('conflict');
  });

  it('are confirmed with a fresh second factor, and not once they have ended', async () => {
    const wanted = { programmeId: frame.programmeId, expiresAt: inDays(2) };
    const make = async () => (await administrator.post(keys(), wanted).expect(201)).body;
    const [revoked, expired] = [await make(), await make()];
    await administrator.post(`${keys()}/${revoked.id}/revoke`).expect(200);
    const late = await platform.as('administrator');
    await late.post(`${keys()}/${revoked.id}/confirm`).expect(409);
    platform.clock.skip(5 * 60_000 + 1);
    expect((await late.post(`${keys()}/${expired.id}/confirm`).expect(401)).body.code).toBe('step_up_required');
    platform.clock.skip(2 * DAY_MS);
    await (await platform.as('administrator')).post(`${keys()}/${expired.id}/confirm`).expect(409);
  });

  it('open referrals in their own programme and no other', async () => {
    const { key } = await issue();
    await withKey(key).expect(200);
    const other = await makeFrame(platform);
    const hidden = await withKey(key, other.programmeId).expect(404);
    const missing = await withKey(key, newId()).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
  });

  it('open nothing else that the contract has', async () => {
    const { key } = await issue();
    const closed = operationsOf(readContract()).filter(
      ({ permission }) =>
        permission !== undefined && !permissionNamed(permission).roles.some((role) => role === 'partner' || role === 'public'),
    );
    expect(closed.length).toBeGreaterThan(50);
    for (const { id, method, path } of closed) {
      const { status, body } = await supertest(platform.app.http)
        [method](path.replaceAll(/:\w+/g, frame.programmeId))
        .set('Authorization', `Bearer ${key}`);
      expect([id, status, body.code]).toEqual([id, 403, 'forbidden']);
    }
  });

  it('hold no permission but that of a partner, whatever a route asks for', () => {
    const partner = {
      id: partnerId,
      kind: 'partner',
      grants: [{ role: 'partner', scope: { programme: frame.programmeId } }],
      secondFactorAt: platform.clock.now(),
      keyId: newId(),
    } as const;
    const open = (actor: Parameters<typeof authoriseRead>[0]) =>
      (Object.keys(permissions) as PermissionName[]).filter((name) => {
        try {
          authoriseRead(actor, name, { programme: frame.programmeId });
          authorise(actor, name, platform.clock.now(), { programme: frame.programmeId });
          return true;
        } catch {
          return false;
        }
      });
    expect(open(partner)).toEqual(['intake.refer', 'intake.read_referrals']);
    expect(open(passerBy)).toEqual([
      'access.open_link',
      'access.accept_invitation',
      'access.replace_second_factor',
      'access.reset_password',
      'access.ask_for_reset',
      'intake.register_oneself',
      'intake.ask_for_code',
      'intake.prove_telephone',
      'intake.read_own_status',
      'feedback.submit',
      'feedback.look_up',
    ]);
  });

  it('end on their day, when they are revoked, and when a single letter differs, all in the same words', async () => {
    const expiring = await issue();
    const revoked = await issue();
    const standing = await issue();
    await administrator.post(`${keys()}/${revoked.id}/revoke`).expect(200);
    const last = standing.key.at(-1) === 'A' ? 'B' : 'A';
    const forged = [
      revoked.key,
      standing.key.slice(0, -1) + last,
      `sanad_${standing.key.slice(6, 18)}_${'A'.repeat(43)}`,
      `sanad_aaaaaaaaaaaa_${'A'.repeat(43)}`,
      'sanad_',
      'sanad_x_y',
    ];
    platform.clock.skip(89 * DAY_MS);
    await withKey(expiring.key).expect(200);
    const answers = await Promise.all(forged.map((key) => withKey(key).expect(401)));
    platform.clock.skip(DAY_MS);
    answers.push(await withKey(expiring.key).expect(401));
    expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
    administrator = await platform.as('administrator');
    await administrator.post(`${keys()}/${revoked.id}/revoke`).expect(409);
  });

  it('are replaced once, by a key that works beside the old one for some hours', async () => {
    const old = await issue();
    const rotate = () => administrator.post(`${keys()}/${old.id}/rotate`, { expiresAt: inDays(90), overlapHours: 2 });
    const answers = await Promise.all([rotate(), rotate(), rotate()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('key_replaced');
    const next = answers.find(({ status }) => status === 201)?.body;
    expect(next).toMatchObject({ replaces: old.id, programmeId: frame.programmeId, partnerId });
    await withKey(old.key).expect(200);
    await withKey(next.key).expect(401);
    await confirmed(platform, keys(), next);
    await withKey(next.key).expect(200);
    platform.clock.skip(2 * HOUR_MS);
    await withKey(old.key).expect(401);
    await withKey(next.key).expect(200);
    administrator = await platform.as('administrator');
    const over = await administrator.post(`${keys()}/${old.id}/rotate`, { expiresAt: inDays(9) }).expect(409);
    expect(over.body.code).toBe('conflict');
  });

  it('remember when they were used, to the hour', async () => {
    const { id, key } = await issue();
    expect(await shown(id)).toMatchObject({ lastUsedAt: null });
    await Promise.all([withKey(key).expect(200), withKey(key).expect(200)]);
    await withKey(key).expect(200);
    const { lastUsedAt } = await shown(id);
    expect(lastUsedAt).toMatch(/T\d\d:00:00\.000Z$/);
    expect(platform.clock.now().getTime() - new Date(lastUsedAt).getTime()).toBeLessThan(HOUR_MS);
    platform.clock.skip(HOUR_MS);
    await withKey(key).expect(200);
    expect((await shown(id)).lastUsedAt > lastUsedAt).toBe(true);
  });

  it('are made by an administrator with a fresh second factor, for a programme in their scope', async () => {
    const wanted = { programmeId: frame.programmeId, expiresAt: inDays(30) };
    await (await platform.as('programme_officer')).post(keys(), wanted).expect(403);
    await (await platform.as('auditor')).post('/v1/partners', { name: 'Auditors' }).expect(403);
    const local = await platform.as('administrator', { programme: frame.programmeId });
    const { body } = await local.post(keys(), wanted).expect(201);
    const elsewhere = (await makeFrame(platform)).programmeId;
    await local.post(keys(), { ...wanted, programmeId: elsewhere }).expect(404);
    const distant = await platform.as('administrator', { programme: elsewhere });
    await distant.post(`${keys()}/${body.id}/revoke`).expect(404);
    await distant.post(`${keys()}/${body.id}/rotate`, { expiresAt: inDays(30) }).expect(404);
    expect((await distant.get(keys()).expect(200)).body.items).toEqual([]);
    const late = await platform.as('administrator');
    platform.clock.skip(5 * 60_000 + 1);
    expect((await late.post(keys(), wanted).expect(401)).body.code).toBe('step_up_required');
  });

  it('say what is wrong with them', async () => {
    const wrong = async (body: object, path = keys()) => (await administrator.post(path, body)).body;
    const programmeId = frame.programmeId;
    expect(await wrong({ programmeId, expiresAt: inDays(-1) })).toMatchObject({ status: 422, errors: [{ pointer: '/expiresAt' }] });
    expect(await wrong({ programmeId, expiresAt: inDays(367) })).toMatchObject({ status: 422, errors: [{ pointer: '/expiresAt' }] });
    expect(await wrong({ programmeId: newId(), expiresAt: inDays(9) })).toMatchObject({
      status: 422,
      errors: [{ pointer: '/programmeId' }],
    });
    expect(await wrong({ programmeId, expiresAt: inDays(9) }, `/v1/partners/${newId()}/keys`)).toMatchObject({ status: 404 });
    expect(await wrong({ name: 'Relief Network' }, '/v1/partners')).toMatchObject({ status: 409 });
  });

  it('cannot be brought back or prolonged in plain SQL', async () => {
    const client = await platform.applicationClient();
    const { id } = await issue();
    await expect(client.query(`update api_keys set expires_at = expires_at + interval '1 day' where id = $1`, [id])).rejects.toMatchObject({
      constraint: 'api_keys_over',
    });
    await client.query('update api_keys set revoked_at = expires_at where id = $1', [id]);
    await expect(client.query('update api_keys set revoked_at = null where id = $1', [id])).rejects.toMatchObject({
      constraint: 'api_keys_over',
    });
    await expect(client.query(`update api_keys set key_hash = '' where id = $1`, [id])).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('delete from api_keys where id = $1', [id])).rejects.toMatchObject({ code: '42501' });
    await expect(
      client.query(
        `insert into api_keys (id, partner_id, programme_id, prefix, key_hash, replaces, expires_at, created_by, created_at)
        select gen_random_uuid(), partner_id, programme_id, 'bbbbbbbbbbbb', key_hash, id, expires_at, created_by, created_at
        from api_keys where id = (select replaces from api_keys where replaces is not null limit 1)`,
      ),
    ).rejects.toMatchObject({ constraint: 'api_keys_replaces_key' });
  });
});
