import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { confirmed, confirmedKey } from '../../test/support/keys.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration } from '../../test/support/registrations.ts';
import { type Actor, newId, operationsOf, readContract } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';
import { authorise, authoriseRead } from './authorise.ts';
import { isForMachine, machineRoles } from './machines.ts';
import { type Permission, type PermissionName, permissions } from './permissions.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe('service accounts', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let maker: Client;
  let keeper: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
  });
  // Time passes in these tests, and a second factor does not stay fresh.
  beforeEach(async () => {
    maker = await platform.as('administrator');
    keeper = await platform.as('administrator');
  });
  afterAll(() => platform.close());

  const inDays = (days: number) => new Date(platform.clock.now().getTime() + days * DAY_MS).toISOString();
  const name = () => `Machine ${newId()}`;
  const account = async (role = 'enrolment_officer', place: object = { programmeId: frame.programmeId }) =>
    (await maker.post('/v1/service-accounts', { name: name(), role, ...place }).expect(201)).body;
  const keysOf = (id: string) => `/v1/service-accounts/${id}/keys`;
  const issue = async (id: string, wanted: readonly string[], days = 90) =>
    confirmedKey(platform, keeper, keysOf(id), { permissions: wanted, expiresAt: inDays(days) });
  const withKey = (key: string) => ({
    get: (path: string) => supertest(platform.app.http).get(path).set('Authorization', `Bearer ${key}`),
    post: (path: string, body?: object) =>
      supertest(platform.app.http).post(path).set('Authorization', `Bearer ${key}`).set('Idempotency-Key', newId()).send(body),
  });
  const alerts = async (subjectId: string) =>
    (await platform.owner.query('select kind, programme_id, facts from alerts where subject_id = $1 order by id', [subjectId])).rows;
  it('do what a key of theirs names, where their role holds, and the trail knows which machine and which key', async () => {
    const { id } = await account();
    const { key, id: keyId } = await issue(id, ['programmes.read', 'beneficiaries.read']);
    const machine = withKey(key);
    expect((await machine.get('/v1/programmes').expect(200)).body.items.map((p: { id: string }) => p.id)).toEqual([frame.programmeId]);
    await machine.get(`/v1/programmes/${frame.programmeId}/beneficiaries`).expect(200);
    const other = await makeFrame(platform);
    const hidden = await machine.get(`/v1/programmes/${other.programmeId}`).expect(404);
    const missing = await machine.get(`/v1/programmes/${newId()}`).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    // The role may register people, and this key may not.
    const people = `/v1/programmes/${frame.programmeId}/beneficiaries`;
    await machine.post(people, registration()).expect(403);
    const entering = await issue(id, ['beneficiaries.register', 'beneficiaries.read']);
    const entered = (await withKey(entering.key).post(people, registration()).expect(201)).body;
    await withKey(entering.key).get('/v1/programmes').expect(403);
    const eventOf = async (subject: string, command: string) =>
      (
        await platform.owner.query('select actor_id, actor_kind, key_id from audit_events where subject_id = $1 and command = $2', [
          subject,
          command,
        ])
      ).rows;
    expect(await eventOf(entered.id, 'beneficiaries.register')).toEqual([{ actor_id: id, actor_kind: 'service', key_id: entering.id }]);
    expect(await eventOf(keyId, 'access.issue_key')).toEqual([{ actor_id: keeper.userId, actor_kind: 'user', key_id: null }]);
  });

  it('open nothing of the contract that their key does not name', async () => {
    const { id } = await account('auditor', {});
    const { key } = await issue(id, ['programmes.read']);
    const opened: string[] = [];
    const operations = operationsOf(readContract()).filter(({ isPublic }) => !isPublic);
    for (const { id: operation, method, path } of operations) {
      const { status } = await supertest(platform.app.http)
        [method](path.replaceAll(/:\w+/g, frame.programmeId))
        .set('Authorization', `Bearer ${key}`)
        .set('Idempotency-Key', newId());
      if (status < 300) opened.push(operation);
    }
    expect(opened.sort()).toEqual(['getProgramme', 'listProgrammeVersions', 'listProgrammes']);
  }, 120_000);

  it('are never good for a thing that moves money, decides, verifies or asks for a second factor', () => {
    const table = Object.entries(permissions) as [PermissionName, Permission][];
    const changes: Record<string, PermissionName[]> = {};
    for (const role of machineRoles) {
      const allowed = table.filter(([permission]) => isForMachine(role, permission));
      expect(allowed.length).toBeGreaterThan(1);
      for (const [permission, { stepUp, roles }] of allowed) {
        expect([permission, stepUp ?? false]).toEqual([permission, false]);
        expect(roles).toContain(role);
      }
      changes[role] = allowed.map(([permission]) => permission).filter((permission) => !/^\w+\.(read|read_\w+|search)$/.test(permission));
    }
    expect(changes).toEqual({
      enrolment_officer: [
        'beneficiaries.register',
        'beneficiaries.change',
        'beneficiaries.change_household',
        'beneficiaries.record_consent',
        'intake.receive_file',
        'intake.map_columns',
        'intake.check_file',
        'intake.run_file',
        'intake.cancel_file',
        'interop.request_kobo_pull',
      ],
      auditor: [],
      donor: [],
    });
    expect(table.map(([permission]) => permission).filter((permission) => isForMachine('donor', permission)).length).toBeLessThan(6);
    for (const stray of ['', 'toString', '__proto__', 'payments.approve_list', 'access.step_up', 'access.sign_in'])
      for (const role of machineRoles) expect(isForMachine(role, stray)).toBe(false);
  });

  it('hold no permission beyond what their key names, whatever a route asks for', () => {
    const only: PermissionName[] = ['beneficiaries.register', 'beneficiaries.read'];
    const scope = { programme: frame.programmeId };
    const machine: Actor = {
      id: newId(),
      kind: 'service',
      grants: [{ role: 'enrolment_officer', scope }],
      secondFactorAt: null,
      keyId: newId(),
      only,
    };
    const open = (Object.keys(permissions) as PermissionName[]).filter((permission) => {
      try {
        authoriseRead(machine, permission, scope);
        authorise(machine, permission, platform.clock.now(), scope);
        return true;
      } catch {
        return false;
      }
    });
    expect(open).toEqual(only);
  });

  it('are given no key for more than a machine of their role may do', async () => {
    const wrong = async (role: string, place: object, wanted: string[]) => {
      const { id } = await account(role, place);
      return (await keeper.post(keysOf(id), { permissions: wanted, expiresAt: inDays(9) }).expect(422)).body.errors;
    };
    const programme = { programmeId: frame.programmeId };
    expect(
      await wrong('enrolment_officer', programme, ['beneficiaries.read', 'beneficiaries.verify', 'payments.approve_list']),
    ).toMatchObject([{ pointer: '/permissions/1' }, { pointer: '/permissions/2' }]);
    expect(await wrong('enrolment_officer', programme, ['intake.receive_file', 'intake.map_columns', 'beneficiaries.read'])).toMatchObject([
      { pointer: '/permissions/0', detail: expect.stringContaining('intake.read_file') },
      { pointer: '/permissions/1' },
    ]);
    expect(await wrong('auditor', {}, ['access.create_user'])).toMatchObject([{ pointer: '/permissions/0' }]);
    expect(await wrong('donor', { fundId: frame.fundId }, ['beneficiaries.read'])).toMatchObject([{ pointer: '/permissions/0' }]);
    const { id } = await account();
    expect(
      (await keeper.post(keysOf(id), { permissions: ['programmes.read'], expiresAt: inDays(367) }).expect(422)).body.errors,
    ).toMatchObject([{ pointer: '/expiresAt' }]);
    await keeper.post(keysOf(id), { permissions: [], expiresAt: inDays(9) }).expect(400);
    await keeper.post(keysOf(newId()), { permissions: ['programmes.read'], expiresAt: inDays(9) }).expect(404);
  });

  it('let no administrator read people alone: whoever makes a key does not confirm it, and whoever confirms it never sees it', async () => {
    const { id } = await account();
    const wanted = { permissions: ['beneficiaries.search', 'beneficiaries.read'], expiresAt: inDays(9) };
    const { key, ...made } = (await keeper.post(keysOf(id), wanted).expect(201)).body;
    const people = () => withKey(key).get(`/v1/programmes/${frame.programmeId}/beneficiaries`);
    const told = await alerts(made.id);
    expect(told).toEqual([
      { kind: 'access.key_made', programme_id: frame.programmeId, facts: { serviceAccountId: id, prefix: made.prefix } },
    ]);
    // Whoever made it cannot put the alert away either.
    const { rows } = await platform.owner.query('select id from alerts where subject_id = $1', [made.id]);
    await keeper.post(`/v1/alerts/${rows[0].id}/seen`).expect(403);
    await people().expect(401);
    expect((await keeper.post(`${keysOf(id)}/${made.id}/confirm`).expect(403)).body.code).toBe('separation_of_duties');
    await people().expect(401);
    const shown = (await maker.get(keysOf(id)).expect(200)).body.items;
    expect(shown).toEqual([{ ...made, serviceAccountId: id, permissions: wanted.permissions, confirmedBy: null }]);
    const { body } = await maker.post(`${keysOf(id)}/${made.id}/confirm`).expect(200);
    expect(body).toEqual({ ...made, confirmedBy: maker.userId, confirmedAt: expect.any(String) });
    await people().expect(200);
    // What takes over from a key that was confirmed is a key of its own.
    const next = (await keeper.post(`${keysOf(id)}/${made.id}/rotate`, { expiresAt: inDays(9), overlapHours: 0 }).expect(201)).body;
    await withKey(next.key).get(`/v1/programmes/${frame.programmeId}/beneficiaries`).expect(401);
    await keeper.post(`${keysOf(id)}/${next.id}/confirm`).expect(403);
  });

  it('are refused in the same words however their key ended, and a true key that is dead raises one alert a day', async () => {
    const { id } = await account();
    const disabled = await account();
    const [revoked, expiring, shut] = [
      await issue(id, ['programmes.read']),
      await issue(id, ['programmes.read'], 1),
      await issue(disabled.id, ['programmes.read']),
    ];
    await keeper.post(`${keysOf(id)}/${revoked.id}/revoke`).expect(200);
    await keeper.post(`/v1/service-accounts/${disabled.id}/disable`).expect(200);
    await keeper.post(`/v1/service-accounts/${disabled.id}/disable`).expect(409);
    await keeper.post(keysOf(disabled.id), { permissions: ['programmes.read'], expiresAt: inDays(9) }).expect(409);
    await keeper.post(`${keysOf(disabled.id)}/${shut.id}/rotate`, { expiresAt: inDays(9) }).expect(409);
    platform.clock.skip(DAY_MS);
    const knock = async ({ key }: { key: string }) => (await withKey(key).get('/v1/programmes').expect(401)).body;
    const answers = await Promise.all([
      ...[revoked, expiring, shut].flatMap((dead) => [knock(dead), knock(dead), knock(dead)]),
      knock({ key: `${revoked.key.slice(0, -1)}${revoked.key.endsWith('A') ? 'B' : 'A'}` }),
      knock({ key: `sanad_aaaaaaaaaaaa_${'A'.repeat(43)}` }),
    ]);
    expect(new Set(answers.map(({ requestId: _id, ...body }) => JSON.stringify(body))).size).toBe(1);
    const kinds = async (keyId: string) => (await alerts(keyId)).map(({ kind, facts }) => [kind, facts.end]).slice(1);
    expect(await kinds(revoked.id)).toEqual([['access.dead_key_used', 'revoked']]);
    expect(await kinds(expiring.id)).toEqual([['access.dead_key_used', 'expired']]);
    expect(await kinds(shut.id)).toEqual([['access.dead_key_used', 'disabled']]);
    platform.clock.skip(HOUR_MS);
    await knock(revoked);
    expect(await kinds(revoked.id)).toHaveLength(1);
    platform.clock.skip(DAY_MS);
    await knock(revoked);
    expect(await kinds(revoked.id)).toHaveLength(2);
  });

  it('raise no alert for a key that was only guessed', async () => {
    const { id } = await account();
    const revoked = await issue(id, ['programmes.read']);
    await keeper.post(`${keysOf(id)}/${revoked.id}/revoke`).expect(200);
    await withKey(`sanad_${revoked.prefix}_${'A'.repeat(43)}`)
      .get('/v1/programmes')
      .expect(401);
    expect((await alerts(revoked.id)).map(({ kind }) => kind)).toEqual(['access.key_made']);
  });

  it('change over to a new key, which is good for the same and no more', async () => {
    const { id } = await account();
    const { id: another } = await account();
    const old = await issue(id, ['programmes.read']);
    const rotate = () => keeper.post(`${keysOf(id)}/${old.id}/rotate`, { expiresAt: inDays(90), overlapHours: 2 });
    const answers = await Promise.all([rotate(), rotate(), rotate()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const next = answers.find(({ status }) => status === 201)?.body;
    expect(next).toMatchObject({ replaces: old.id, serviceAccountId: id, permissions: ['programmes.read'] });
    await withKey(old.key).get('/v1/programmes').expect(200);
    await withKey(next.key).get('/v1/programmes').expect(401);
    await confirmed(platform, keysOf(id), next);
    await withKey(next.key).get('/v1/programmes').expect(200);
    platform.clock.skip(2 * HOUR_MS);
    await withKey(old.key).get('/v1/programmes').expect(401);
    await withKey(next.key).get('/v1/programmes').expect(200);
    const shown = (await keeper.get(keysOf(id)).expect(200)).body.items;
    expect(shown).toHaveLength(2);
    expect(shown[0].lastUsedAt).toMatch(/T\d\d:00:00\.000Z$/);
    expect(JSON.stringify(shown)).not.toContain(next.key.slice(19));
    const application = await platform.applicationClient();
    const takeOver = (account: string, wanted: string) =>
      application.query(
        `insert into api_keys (id, service_account_id, permissions, prefix, key_hash, replaces, expires_at, created_by, created_at)
        values ($1, $2, $3, 'dddddddddddd', sha256('x'), $4, now() + interval '1 day', $5, now())`,
        [newId(), account, wanted, next.id, keeper.userId],
      );
    await expect(takeOver(id, '{programmes.read,beneficiaries.read}')).rejects.toMatchObject({ constraint: 'api_keys_same_holder' });
    await expect(takeOver(another, '{programmes.read}')).rejects.toMatchObject({ constraint: 'api_keys_same_holder' });
  });

  it('are warned of a fortnight before a key ends, once, unless another has taken over', async () => {
    const { id } = await account();
    const [ending, replaced, lasting] = [
      await issue(id, ['programmes.read'], 13),
      await issue(id, ['programmes.read'], 13),
      await issue(id, ['programmes.read'], 15),
    ];
    await keeper.post(`${keysOf(id)}/${replaced.id}/rotate`, { expiresAt: inDays(90), overlapHours: 24 }).expect(201);
    const warned = async (keyId: string) => (await alerts(keyId)).filter(({ kind }) => kind === 'access.key_ends_soon').length;
    const sweep = async () => {
      await platform.app.jobs.trigger('access.warn_of_ending_keys');
      await platform.settled();
    };
    await sweep();
    await expect.poll(() => warned(ending.id)).toBe(1);
    platform.clock.skip(2 * DAY_MS);
    await sweep();
    await expect.poll(() => warned(lasting.id)).toBe(1);
    expect([await warned(ending.id), await warned(replaced.id)]).toEqual([1, 0]);
  });

  it('are made, seen and disabled within an administrator’s scope, with a fresh second factor', async () => {
    const local = await platform.as('administrator', { programme: frame.programmeId });
    const { body } = await local
      .post('/v1/service-accounts', { name: name(), role: 'enrolment_officer', programmeId: frame.programmeId })
      .expect(201);
    await local.post('/v1/service-accounts', { name: name(), role: 'auditor' }).expect(404);
    const elsewhere = (await makeFrame(platform)).programmeId;
    const distant = await platform.as('administrator', { programme: elsewhere });
    expect((await distant.get('/v1/service-accounts').expect(200)).body.items).toEqual([]);
    const hidden = await distant.get(keysOf(body.id)).expect(404);
    const missing = await distant.get(keysOf(newId())).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    await distant.post(keysOf(body.id), { permissions: ['programmes.read'], expiresAt: inDays(9) }).expect(404);
    await distant.post(`/v1/service-accounts/${body.id}/disable`).expect(404);
    expect((await local.get('/v1/service-accounts').expect(200)).body.items.map((a: { id: string }) => a.id)).toContain(body.id);
    await (await platform.as('programme_officer')).get('/v1/service-accounts').expect(403);
    await (await platform.as('auditor')).get('/v1/service-accounts').expect(200);
    const late = await platform.as('administrator');
    platform.clock.skip(5 * 60_000 + 1);
    const stale = await late.post('/v1/service-accounts', { name: name(), role: 'auditor' }).expect(401);
    expect(stale.body.code).toBe('step_up_required');
  });

  it('say what is wrong with them', async () => {
    const { name: taken } = await account();
    const make = (body: object) => maker.post('/v1/service-accounts', { name: name(), role: 'enrolment_officer', ...body });
    await make({ name: taken }).expect(409);
    await make({ role: 'approver' }).expect(400);
    expect((await make({ programmeId: newId() }).expect(422)).body.errors).toMatchObject([{ pointer: '/programmeId' }]);
    expect((await make({ officeId: newId() }).expect(422)).body.errors).toMatchObject([{ pointer: '/officeId' }]);
    expect((await make({ role: 'donor' }).expect(422)).body.errors).toMatchObject([{ pointer: '/fundId' }]);
    for (const fundId of [frame.fundId, newId()]) {
      const twice = { role: 'auditor', programmeId: frame.programmeId, fundId };
      expect((await make(twice).expect(422)).body.errors).toMatchObject([{ pointer: '/fundId' }]);
    }
  });

  it('hold one role that a machine may, and a key one holder, in plain SQL too', async () => {
    const { id } = await account();
    const application = await platform.applicationClient();
    const insert = (role: string) =>
      application.query('insert into service_accounts (id, name, role, created_by, created_at) values ($1, $2, $3, $1, now())', [
        newId(),
        name(),
        role,
      ]);
    await expect(insert('finance_officer')).rejects.toMatchObject({ constraint: 'service_accounts_role' });
    await expect(insert('administrator')).rejects.toMatchObject({ constraint: 'service_accounts_role' });
    await expect(insert('donor')).rejects.toMatchObject({ constraint: 'service_accounts_fund' });
    const key = (columns: string, values: string) =>
      application.query(
        `insert into api_keys (id, ${columns}, prefix, key_hash, expires_at, created_by, created_at)
        values ($1, ${values}, 'eeeeeeeeeeee', sha256('x'), now() + interval '1 day', $1, now())`,
        [newId()],
      );
    await expect(key('service_account_id', `'${id}'`)).rejects.toMatchObject({ constraint: 'api_keys_permissions' });
    await expect(key('service_account_id, permissions', `'${id}', '{}'`)).rejects.toMatchObject({ constraint: 'api_keys_permissions' });
    await expect(key('programme_id', `'${frame.programmeId}'`)).rejects.toMatchObject({ code: '23514' });
    await application.query(`update service_accounts set disabled_at = created_at + interval '1 second' where id = $1`, [id]);
    await expect(application.query('update service_accounts set disabled_at = null where id = $1', [id])).rejects.toMatchObject({
      constraint: 'service_accounts_over',
    });
    await expect(application.query(`update service_accounts set role = 'auditor' where id = $1`, [id])).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('leave no key in a log, nor in any table', async () => {
    const { id } = await account();
    const { key } = await issue(id, ['programmes.read']);
    await withKey(key).get('/v1/programmes').expect(200);
    await withKey(key).get(`/v1/programmes?key=${key}`).expect(400);
    await withKey(`${key}x`).get('/v1/programmes').expect(401);
    const secret = key.slice(19);
    expect(platform.log.join('')).not.toContain(secret);
    const { rows } = await platform.owner.query(
      `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    for (const { relname } of rows) {
      const { rowCount } = await platform.owner.query(`select from "${relname}" t where t::text like '%' || $1 || '%'`, [secret]);
      expect([relname, rowCount]).toEqual([relname, 0]);
    }
  });
});
