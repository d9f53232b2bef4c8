import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeUser, signedIn, trySignIn } from '../../test/support/sign-in.ts';
import { newId } from '../platform/index.ts';
import { rolePlaces, roles, scopeKinds } from './roles.ts';

const newUser = () => ({ email: `${randomUUID()}@example.org`, displayName: 'Karim', language: 'ar' });

describe('users and their roles', () => {
  let platform: TestPlatform;
  let administrator: Client;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  // Signed in anew, since the clock of these tests outruns a second factor.
  const administrators = async (): Promise<void> => {
    administrator = await platform.as('administrator');
  };
  const grant = (userId: string, role: object) => administrator.post(`/v1/users/${userId}/roles`, role);

  it('creates a user without anything to sign in with', async () => {
    await administrators();
    const given = { ...newUser(), email: `Karim.${randomUUID()}@Example.org` };
    const key = randomUUID();
    const { body } = await administrator.post('/v1/users', given, key).expect(201);
    expect(body).toEqual({
      id: expect.any(String),
      email: given.email.toLowerCase(),
      displayName: 'Karim',
      language: 'ar',
      grants: [],
      activatedAt: null,
      disabledAt: null,
      createdAt: expect.any(String),
    });
    expect((await administrator.post('/v1/users', given, key).expect(201)).body).toEqual(body);
    const { rows } = await platform.owner.query('select password_hash, totp_secret from users where id = $1', [body.id]);
    expect(rows).toEqual([{ password_hash: null, totp_secret: null }]);
    const {
      rows: [event],
    } = await platform.owner.query(`select actor_id, command from audit_events where subject_id = $1 and command = 'access.create_user'`, [
      body.id,
    ]);
    expect(event).toEqual({ actor_id: administrator.userId, command: 'access.create_user' });
    const taken = await administrator.post('/v1/users', { ...newUser(), email: given.email.toUpperCase() }).expect(409);
    expect(taken.body.code).toBe('conflict');
    await administrator
      .post('/v1/users', { ...newUser(), email: 'no address', password: 'chosen by another', displayName: 'a\u0000' })
      .expect(400)
      .expect(({ body: { errors } }) =>
        expect(errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
          '/body/displayName',
          '/body/email',
          '/body/password',
        ]),
      );
    await (await platform.as('approver')).post('/v1/users', newUser()).expect(403);
  });

  it('grants a role within a scope and until a date, and takes it back', async () => {
    await administrators();
    const user = await makeUser(platform);
    let session = await signedIn(platform, user);
    const { programmeId } = await makeFrame(platform);
    await session.get('/v1/programmes').expect(403);
    const endsAt = new Date(platform.clock.now().getTime() + 3_600_000).toISOString();
    const { body } = await grant(user.id, { role: 'programme_officer', programmeId, endsAt }).expect(201);
    expect(body).toMatchObject({ role: 'programme_officer', programmeId, officeId: null, fundId: null, endsAt });
    await session.get('/v1/me').expect(401); // who may do more signs in anew
    session = await signedIn(platform, user);
    expect((await session.get('/v1/me').expect(200)).body.grants).toEqual([body]);
    await session.get('/v1/programmes').expect(200);
    await session.get(`/v1/programmes/${newId()}`).expect(404);
    expect((await grant(user.id, { role: 'programme_officer', programmeId }).expect(409)).body.code).toBe('conflict');
    platform.clock.skip(3_600_000);
    session = await signedIn(platform, user);
    await session.get('/v1/programmes').expect(403); // it ended by itself
    await administrators();
    const again = await grant(user.id, { role: 'programme_officer', programmeId }).expect(201);
    session = await signedIn(platform, user);
    await session.get('/v1/programmes').expect(200);
    const { body: over } = await administrator.post(`/v1/users/${user.id}/roles/${again.body.id}/end`).expect(200);
    expect(over.endsAt).not.toBeNull();
    await session.get('/v1/programmes').expect(401);
    await (await signedIn(platform, user)).get('/v1/programmes').expect(403);
    await administrator.post(`/v1/users/${user.id}/roles/${again.body.id}/end`).expect(409);
    await administrator.post(`/v1/users/${newId()}/roles/${again.body.id}/end`).expect(404);
    const application = await platform.applicationClient();
    await expect(application.query('update role_grants set ends_at = null where id = $1', [again.body.id])).rejects.toMatchObject({
      constraint: 'role_grants_over',
    });
  });

  it('names what is wrong with a role', async () => {
    await administrators();
    const user = await makeUser(platform);
    const { body } = await grant(user.id, { role: 'agent', endsAt: '2020-01-01T00:00:00Z' }).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/officeId', '/endsAt']);
    await grant(user.id, { role: 'king' }).expect(400);
    await grant(newId(), { role: 'approver' }).expect(404);
  });

  it('grants a role for one place that there is, of a kind that means something for it', async () => {
    await administrators();
    const { id } = await makeUser(platform);
    const { programmeId, officeId, fundId } = await makeFrame(platform);
    const pointers = async (role: object) =>
      (await grant(id, role).expect(422)).body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await pointers({ role: 'agent', programmeId, officeId })).toEqual(['/programmeId']);
    expect(await pointers({ role: 'office_supervisor', programmeId })).toEqual(['/programmeId', '/officeId']);
    expect(await pointers({ role: 'enrolment_officer', officeId })).toEqual(['/officeId']);
    expect(await pointers({ role: 'approver', programmeId, fundId })).toEqual(['/fundId']);
    expect(await pointers({ role: 'approver', programmeId: newId() })).toEqual(['/programmeId']);
    expect(await pointers({ role: 'agent', officeId: newId() })).toEqual(['/officeId']);
    expect(await pointers({ role: 'donor', fundId: newId() })).toEqual(['/fundId']);
    await grant(id, { role: 'agent', officeId }).expect(201);
    const elsewhere = await makeFrame(platform);
    const local = await platform.as('administrator', { programme: programmeId });
    const refusals = [elsewhere.fundId, newId()].map((fund) =>
      local.post(`/v1/users/${id}/roles`, { role: 'auditor', programmeId, fundId: fund }).expect(404),
    );
    const [there, missing] = (await Promise.all(refusals)).map(({ body }) => ({ ...body, requestId: '' }));
    expect(there).toEqual(missing);
    const application = await platform.applicationClient();
    const insert = (role: string, ...place: (string | null)[]) =>
      application.query(
        `with somebody as (insert into users (id, email, display_name, password_hash, totp_secret, created_by, created_at)
          values ($1::uuid, $1::text || '@example.org', 'Test', '$argon2id$none', '', $1::uuid, now()) returning id)
        insert into role_grants (id, user_id, role, programme_id, office_id, fund_id, granted_by, granted_at)
        select id, id, $2, $3::uuid, $4::uuid, $5::uuid, '00000000-0000-0000-0000-000000000001', now() from somebody`,
        [newId(), role, ...place],
      );
    await expect(insert('field_officer', newId(), null, null)).rejects.toMatchObject({ constraint: 'role_grants_programme_id_fkey' });
    await expect(insert('agent', null, newId(), null)).rejects.toMatchObject({ constraint: 'role_grants_office_id_fkey' });
    await expect(insert('donor', null, null, newId())).rejects.toMatchObject({ constraint: 'role_grants_fund_id_fkey' });
    await expect(insert('auditor', programmeId, officeId, null)).rejects.toMatchObject({ constraint: 'role_grants_one_place' });
    for (const role of roles) {
      const { kinds, obligatory } = rolePlaces[role];
      const places = { programme: [programmeId, null, null], office: [null, officeId, null], fund: [null, null, fundId] };
      for (const kind of scopeKinds) {
        const outcome = await insert(role, ...places[kind]).then(
          () => 'granted',
          ({ constraint }) => (constraint === 'role_grants_place' ? 'refused' : 'granted'),
        );
        expect([role, kind, outcome]).toEqual([role, kind, kinds.includes(kind) ? 'granted' : 'refused']);
      }
      const everywhere = insert(role, null, null, null).then(
        () => 'granted',
        ({ constraint }) => (constraint === 'role_grants_place' ? 'refused' : 'granted'),
      );
      expect([role, await everywhere]).toEqual([role, obligatory ? 'refused' : 'granted']);
    }
  });

  it('never joins two roles that control each other, even when both are granted at once', async () => {
    await administrators();
    const user = await makeUser(platform, { role: 'auditor' });
    const { programmeId } = await makeFrame(platform);
    const { body } = await grant(user.id, { role: 'approver', programmeId }).expect(409);
    expect(body).toMatchObject({ code: 'incompatible_roles', held: 'auditor', role: 'approver' });
    for (let round = 0; round < 3; round += 1) {
      const { id } = await makeUser(platform);
      const answers = await Promise.all([grant(id, { role: 'auditor' }), grant(id, { role: 'finance_officer' })]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    }
    const application = await platform.applicationClient();
    const insert = (userId: string, role: string, by: string) =>
      application.query('insert into role_grants (id, user_id, role, granted_by, granted_at) values ($1, $2, $3, $4, $5)', [
        newId(),
        userId,
        role,
        by,
        platform.clock.now(),
      ]);
    await expect(insert(user.id, 'finance_officer', administrator.userId)).rejects.toMatchObject({
      constraint: 'role_grants_compatible',
      detail: 'auditor',
    });
    await expect(insert(user.id, 'auditor', administrator.userId)).rejects.toMatchObject({ constraint: 'role_grants_once' });
    await expect(insert(user.id, 'donor', newId())).rejects.toMatchObject({ constraint: 'role_grants_by_somebody' });
    await expect(insert(user.id, 'donor', user.id)).rejects.toMatchObject({ constraint: 'role_grants_not_to_oneself' });
    await expect(application.query(`update role_grants set role = 'administrator' where user_id = $1`, [user.id])).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('lets nobody grant a role to themselves, nor without being an administrator', async () => {
    await administrators();
    expect((await grant(administrator.userId, { role: 'enrolment_officer' }).expect(403)).body.code).toBe('separation_of_duties');
    const auditor = await platform.as('auditor');
    await auditor.post(`/v1/users/${administrator.userId}/roles`, { role: 'approver' }).expect(403);
    await auditor.post(`/v1/users/${administrator.userId}/disable`).expect(403);
  });

  it('confines an administrator of one programme to that programme', async () => {
    const { programmeId: mine, fundId } = await makeFrame(platform);
    const { programmeId: other, fundId: otherFundId } = await makeFrame(platform);
    administrator = await platform.as('administrator', { programme: mine });
    const [seen, hidden] = [await makeUser(platform), await makeUser(platform, { role: 'approver', programmeId: other })];
    await grant(seen.id, { role: 'approver', programmeId: mine }).expect(201);
    await grant(seen.id, { role: 'approver', programmeId: other }).expect(404);
    await grant(seen.id, { role: 'approver' }).expect(404);
    await grant(seen.id, { role: 'donor', fundId: otherFundId }).expect(404);
    await grant(seen.id, { role: 'donor', fundId: newId() }).expect(404);
    const { id: donorId } = await makeUser(platform, { role: 'donor', fundId: otherFundId });
    await grant(donorId, { role: 'donor', fundId }).expect(201);
    await administrator.post('/v1/users', newUser()).expect(404);
    await administrator.post(`/v1/users/${seen.id}/disable`).expect(404);
    const {
      rows: [foreign],
    } = await platform.owner.query('select id from role_grants where user_id = $1', [hidden.id]);
    await administrator.post(`/v1/users/${hidden.id}/roles/${foreign.id}/end`).expect(404);
    const { body } = await administrator.get('/v1/users').expect(200);
    expect(body.items.map(({ id }: { id: string }) => id).sort()).toEqual([administrator.userId, seen.id, donorId].sort());
    const donor = body.items.find(({ id }: { id: string }) => id === donorId);
    expect(donor.grants).toMatchObject([{ role: 'donor', fundId }]); // not the one for the other programme's fund
  });

  it('lists users page by page and takes no cursor that it did not give', async () => {
    await administrators();
    const ids: string[] = [];
    let cursor = '';
    do {
      const { body } = await administrator.get(`/v1/users?limit=3${cursor && `&cursor=${cursor}`}`).expect(200);
      expect(body.items.length).toBeLessThanOrEqual(3);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    const { rows } = await platform.owner.query('select id from users order by id');
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect((await administrator.get('/v1/users?cursor=bm8').expect(400)).body.code).toBe('invalid_request');
  });

  it('ends every session of a disabled user at once, and lets them in no more', async () => {
    await administrators();
    const user = await makeUser(platform, { role: 'approver' });
    const sessions = [await signedIn(platform, user), await signedIn(platform, user)];
    const { body } = await administrator.post(`/v1/users/${user.id}/disable`).expect(200);
    expect(body).toMatchObject({ id: user.id, disabledAt: expect.any(String) });
    for (const session of sessions) await session.get('/v1/me').expect(401);
    const { rows } = await platform.owner.query('select 1 from sessions where user_id = $1 and ended_at is null', [user.id]);
    expect(rows).toEqual([]);
    await trySignIn(platform, user).expect(401);
    await administrator.post(`/v1/users/${user.id}/disable`).expect(409);
  });
});
