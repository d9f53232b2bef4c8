import { randomUUID } from 'node:crypto';
import argon2 from '@node-rs/argon2';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeUser, nextCode, signedIn, trySignIn, withToken } from '../../test/support/sign-in.ts';
import { hashToken } from './sessions.ts';

const MINUTE = 60_000;

describe('signing in', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const sessionsOf = async (userId: string): Promise<number> =>
    (await platform.owner.query('select count(*)::int as n from sessions where user_id = $1', [userId])).rows[0].n;
  const eventsOf = async (subjectId: string): Promise<{ command: string; reason: string | null; refusal: string | null }[]> =>
    (await platform.owner.query('select command, reason, refusal from audit_events where subject_id = $1 order by id', [subjectId])).rows;

  it('opens a session of twelve hours with both factors', async () => {
    const user = await makeUser(platform, { role: 'approver' });
    const { body } = await trySignIn(platform, user, { email: user.email.toUpperCase() }).expect(201);
    expect(body.user).toMatchObject({
      id: user.id,
      displayName: 'Amina Benali',
      language: 'fr',
      grants: [{ role: 'approver', programmeId: null, endsAt: null }],
    });
    const session = withToken(platform, body.token);
    const { body: me } = await session.get('/v1/me').expect(200);
    expect(me).toEqual(body.user);
    expect(await eventsOf(user.id)).toContainEqual({ command: 'access.sign_in', reason: null, refusal: null });
    platform.clock.skip(12 * 60 * MINUTE);
    await session.get('/v1/me').expect(401);
  });

  it('keeps nothing of a token but its digest, and nothing of a secret in the open', async () => {
    const user = await makeUser(platform);
    const totp = nextCode(platform, user);
    const { body } = await trySignIn(platform, user, { totp }).expect(201);
    const {
      rows: [kept],
    } = await platform.owner.query(
      'select s.token_hash, u.password_hash, u.totp_secret from sessions s join users u on u.id = s.user_id where u.id = $1',
      [user.id],
    );
    expect(kept.token_hash).toEqual(hashToken(body.token));
    expect(kept.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(kept.totp_secret.includes(user.secret)).toBe(false);
    const { rows } = await platform.owner.query(
      'select row_to_json(e)::text as text from audit_events e union all select row_to_json(k)::text from idempotency_keys k',
    );
    const traces = [...platform.log, ...rows.map(({ text }) => text)].join('\n');
    expect(traces).toContain('/v1/sessions');
    for (const secret of [user.password, user.secret, user.email, body.token, `"${totp}"`]) expect(traces).not.toContain(secret);
  });

  it('gives one session for one code, however many ask at once', async () => {
    const user = await makeUser(platform);
    const totp = nextCode(platform, user);
    const answers = await Promise.all(Array.from({ length: 4 }, () => trySignIn(platform, user, { totp })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401]);
    expect(await sessionsOf(user.id)).toBe(1);
    await trySignIn(platform, user).expect(201);
  });

  it('refuses in the same words whatever was wrong, and tells only the trail', async () => {
    const user = await makeUser(platform);
    const disabled = await makeUser(platform);
    const totp = nextCode(platform, user);
    await trySignIn(platform, user, { totp }).expect(201);
    await platform.owner.query('update users set disabled_at = now() where id = $1', [disabled.id]);
    const refusals = [
      await trySignIn(platform, user, { totp }),
      await trySignIn(platform, user, { email: `${randomUUID()}@example.org` }),
      await trySignIn(platform, user, { password: 'another long password' }),
      await trySignIn(platform, user, { totp: '000000' }),
      await trySignIn(platform, disabled),
    ];
    const seen = refusals.map(({ status, body, headers }) => ({
      status,
      body: { ...body, requestId: '' },
      names: Object.keys(headers).sort(),
    }));
    expect(seen[0]).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    for (const other of seen) expect(other).toEqual(seen[0]);
    expect((await eventsOf(user.id)).slice(-3).map(({ reason, refusal }) => [reason, refusal])).toEqual([
      ['used code', 'unauthenticated'],
      ['wrong password', 'unauthenticated'],
      ['wrong code', 'unauthenticated'],
    ]);
    expect((await eventsOf(disabled.id)).at(-1)?.reason).toBe('disabled');
  });

  it('does the same work for an address that nobody has, and for a pause', async () => {
    const user = await makeUser(platform);
    for (let i = 0; i < 5; i += 1) await trySignIn(platform, user, { password: 'wrong' }).expect(401);
    // Watched, and left to do its work.
    const verified = vi.spyOn(argon2, 'verify');
    onTestFinished(() => verified.mockRestore());
    await trySignIn(platform, user, { password: 'first try' }).expect(401);
    await trySignIn(platform, user, { email: `${randomUUID()}@example.org`, password: 'second try' }).expect(401);
    expect(verified.mock.calls.map(([kept, password]) => [String(kept).split('$').slice(0, 4).join('$'), password])).toEqual([
      ['$argon2id$v=19$m=19456,t=2,p=1', 'first try'],
      ['$argon2id$v=19$m=19456,t=2,p=1', 'second try'],
    ]);
  });

  it('pauses after five failures, longer each time, and answers a paused user like any other', async () => {
    const user = await makeUser(platform);
    const { deviceToken } = (await trySignIn(platform, user).expect(201)).body;
    const wrong = { password: 'another long password', deviceToken };
    const right = { deviceToken };
    for (let i = 0; i < 5; i += 1) await trySignIn(platform, user, wrong).expect(401);
    const { body: paused } = await trySignIn(platform, user, right).expect(401);
    const { body: unknown } = await trySignIn(platform, user, { email: `${randomUUID()}@example.org` }).expect(401);
    expect({ ...paused, requestId: '' }).toEqual({ ...unknown, requestId: '' });
    platform.clock.skip(MINUTE);
    await trySignIn(platform, user, wrong).expect(401); // the sixth: two minutes
    platform.clock.skip(MINUTE);
    await trySignIn(platform, user, right).expect(401);
    platform.clock.skip(MINUTE);
    await trySignIn(platform, user, right).expect(201);
    for (let i = 0; i < 4; i += 1) await trySignIn(platform, user, wrong).expect(401);
    await trySignIn(platform, user, right).expect(201); // a success starts the count anew
  });

  it('keeps a password under the parameters of today once it is given', async () => {
    const user = await makeUser(platform);
    const old = await argon2.hash(user.password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await platform.owner.query('update users set password_hash = $2 where id = $1', [user.id, old]);
    const kept = async () => (await platform.owner.query('select password_hash from users where id = $1', [user.id])).rows[0].password_hash;
    await trySignIn(platform, user, { password: 'another long password' }).expect(401);
    await trySignIn(platform, user, { totp: '000000' }).expect(401);
    expect(await kept()).toBe(old);
    await trySignIn(platform, user).expect(201);
    expect(await kept()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await trySignIn(platform, user).expect(201);
  });

  it('asks for exactly one second factor', async () => {
    const user = await makeUser(platform);
    const { email, password } = user;
    const send = (body: object) => supertest(platform.app.http).post('/v1/sessions').send(body);
    await send({ email, password }).expect(400);
    const both = { email, password, totp: nextCode(platform, user), recoveryCode: user.recoveryCodes[0] };
    expect((await send(both).expect(400)).body.code).toBe('invalid_request');
    await send({ ...both, recoveryCode: undefined }).expect(201);
  });

  it('looks at no more than five guesses that come at once', async () => {
    const user = await makeUser(platform);
    const totp = nextCode(platform, user);
    await Promise.all(Array.from({ length: 8 }, () => trySignIn(platform, user, { totp, password: 'another long password' }).expect(401)));
    const reasons = (await eventsOf(user.id)).filter(({ command }) => command === 'access.sign_in').map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([...Array(3).fill('paused'), ...Array(5).fill('wrong password')]);
    await trySignIn(platform, user, { totp }).expect(401);
  });

  it('ends a session when its user leaves it, and that one alone', async () => {
    const user = await makeUser(platform);
    const [left, kept] = [await signedIn(platform, user), await signedIn(platform, user)];
    await left.delete('/v1/sessions/current').expect(204);
    await left.get('/v1/me').expect(401);
    await left.delete('/v1/sessions/current').expect(401);
    await kept.get('/v1/me').expect(200);
  });

  it('has the database refuse to bring back a used code or a session that was left', async () => {
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    await session.delete('/v1/sessions/current').expect(204);
    const application = await platform.applicationClient();
    await expect(application.query('update users set totp_last_step = 0 where id = $1', [user.id])).rejects.toMatchObject({
      constraint: 'users_over',
    });
    await expect(application.query('update sessions set ended_at = null where user_id = $1', [user.id])).rejects.toMatchObject({
      constraint: 'sessions_over',
    });
    await expect(application.query('delete from sessions where user_id = $1', [user.id])).rejects.toMatchObject({ code: '42501' });
    await expect(application.query(`update users set email = 'other@example.org' where id = $1`, [user.id])).rejects.toMatchObject({
      code: '42501',
    });
  });
});
