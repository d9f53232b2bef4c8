import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { type KnownUser, makeUser, signedIn, trySignIn } from '../../test/support/sign-in.ts';
import { newId } from '../platform/index.ts';

const newUser = () => ({ email: `${randomUUID()}@example.org`, displayName: 'Karim', language: 'ar', password: 'a long enough password' });

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

  it('creates a user who can sign in with what was shown once', async () => {
    await administrators();
    const given = { ...newUser(), email: `Karim.${randomUUID()}@Example.org` };
    const key = randomUUID();
    const { body } = await administrator.post('/v1/users', given, key).expect(201);
    expect(body).toMatchObject({ email: given.email.toLowerCase(), displayName: 'Karim', language: 'ar', grants: [], disabledAt: null });
    expect((await administrator.post('/v1/users', given, key).expect(201)).body).toEqual(body);
    const known: KnownUser = { id: body.id, email: given.email, password: given.password, secret: body.totp.secret };
    const session = await signedIn(platform, known);
    await session.post('/v1/users', newUser()).expect(403);
    const {
      rows: [event],
    } = await platform.owner.query(`select actor_id, command from audit_events where subject_id = $1 and command = 'access.create_user'`, [
      body.id,
    ]);
    expect(event).toEqual({ actor_id: administrator.userId, command: 'access.create_user' });
    const stored = await platform.owner.query('select answer from idempotency_keys where key = $1', [key]);
    expect(stored.rows[0].answer.includes(body.totp.secret)).toBe(false);
    const taken = await administrator.post('/v1/users', { ...newUser(), email: given.email.toUpperCase() }).expect(409);
    expect(taken.body.code).toBe('conflict');
    await administrator
      .post('/v1/users', { ...newUser(), email: 'no address', password: 'too short', displayName: 'a\u0000' })
      .expect(400)
      .expect(({ body: { errors } }) =>
        expect(errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
          '/body/displayName',
          '/body/email',
          '/body/password',
        ]),
      );
  });

  it('grants a role within a scope and until a date, and takes it back', async () => {
    await administrators();
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    const programmeId = newId();
    await session.get('/v1/programmes').expect(403);
    const endsAt = new Date(platform.clock.now().getTime() + 3_600_000).toISOString();
    const { body } = await grant(user.id, { role: 'programme_officer', programmeId, endsAt }).expect(201);
    expect(body).toMatchObject({ role: 'programme_officer', programmeId, officeId: null, fundId: null, endsAt });
    expect((await session.get('/v1/me').expect(200)).body.grants).toEqual([body]);
    await session.get('/v1/programmes').expect(200);
    await session.get(`/v1/programmes/${newId()}`).expect(404);
    expect((await grant(user.id, { role: 'programme_officer', programmeId }).expect(409)).body.code).toBe('conflict');
    platform.clock.skip(3_600_000);
    await session.get('/v1/programmes').expect(403); // it ended by itself
    await administrators();
    const again = await grant(user.id, { role: 'programme_officer', programmeId }).expect(201);
    await session.get('/v1/programmes').expect(200);
    const { body: over } = await administrator.post(`/v1/users/${user.id}/roles/${again.body.id}/end`).expect(200);
    expect(over.endsAt).not.toBeNull();
    await session.get('/v1/programmes').expect(403);
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

  it('never joins two roles that control each other, even when both are granted at once', async () => {
    await administrators();
    const user = await makeUser(platform, { role: 'auditor' });
    const { body } = await grant(user.id, { role: 'approver', programmeId: newId() }).expect(409);
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
    await expect(insert(user.id, 'donor', user.id)).rejects.toMatchObject({ constraint: 'role_grants_not_to_oneself' });
    await expect(application.query(`update role_grants set role = 'administrator' where user_id = $1`, [user.id])).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('lets nobody grant a role to themselves, nor without being an administrator', async () => {
    await administrators();
    expect((await grant(administrator.userId, { role: 'enrolment_officer' }).expect(403)).body.code).toBe('forbidden');
    const auditor = await platform.as('auditor');
    await auditor.post(`/v1/users/${administrator.userId}/roles`, { role: 'approver' }).expect(403);
    await auditor.post(`/v1/users/${administrator.userId}/disable`).expect(403);
  });

  it('confines an administrator of one programme to that programme', async () => {
    const [mine, other] = [newId(), newId()];
    administrator = await platform.as('administrator', { programme: mine });
    const [seen, hidden] = [await makeUser(platform), await makeUser(platform, { role: 'approver', programmeId: other })];
    await grant(seen.id, { role: 'approver', programmeId: mine }).expect(201);
    await grant(seen.id, { role: 'approver', programmeId: other }).expect(404);
    await grant(seen.id, { role: 'approver' }).expect(404);
    await administrator.post('/v1/users', newUser()).expect(404);
    await administrator.post(`/v1/users/${seen.id}/disable`).expect(404);
    const {
      rows: [foreign],
    } = await platform.owner.query('select id from role_grants where user_id = $1', [hidden.id]);
    await administrator.post(`/v1/users/${hidden.id}/roles/${foreign.id}/end`).expect(404);
    const { body } = await administrator.get('/v1/users').expect(200);
    expect(body.items.map(({ id }: { id: string }) => id).sort()).toEqual([administrator.userId, seen.id].sort());
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
