import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLinkTo, mailsTo, tokenIn } from '../../test/support/mail.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { type KnownUser, makeUser, nextCode, signedIn, trySignIn } from '../../test/support/sign-in.ts';

const MINUTE = 60_000;
const password = 'seven otters juggle plums';

describe('a forgotten password', () => {
  let platform: TestPlatform;
  let counter = 0;
  beforeAll(async () => {
    platform = await startPlatform({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => platform.close());

  const newNetwork = () => `198.18.0.${++counter}`;
  const post = (path: string, body: object, from = newNetwork()) =>
    supertest(platform.app.http).post(path).set('X-Forwarded-For', from).set('Idempotency-Key', randomUUID()).send(body);
  const ask = (email: string, from?: string) => post('/v1/password-resets', { email }, from);
  const reset = (token: string, chosen = password) => post('/v1/links/password-reset', { token, password: chosen });

  it('is chosen anew by a link, once, which ends every session and every other link and keeps the second factor', async () => {
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    const administrator = await platform.as('administrator');
    const reason = 'asked by telephone';
    await administrator.post(`/v1/users/${user.id}/second-factor/replacement`, { reason }).expect(200);
    const other = await lastLinkTo(platform, user.email);
    await ask(user.email.toUpperCase()).expect(202);
    const token = await lastLinkTo(platform, user.email);
    const opened = (await post('/v1/links/open', { token }).expect(200)).body;
    expect(opened).toMatchObject({ purpose: 'password_reset', email: user.email, totp: null });
    expect((await reset(token, 'password123456').expect(422)).body.errors).toMatchObject([{ pointer: '/password' }]);
    const answers = await Promise.all([reset(token), reset(token), reset(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    await session.get('/v1/me').expect(401);
    expect((await post('/v1/links/open', { token: other }).expect(422)).body.code).toBe('link_refused');
    await trySignIn(platform, user).expect(401);
    await trySignIn(platform, { ...user, password }).expect(201);
    await trySignIn(platform, { ...user, password }, { totp: '000000' }).expect(401);
    await trySignIn(platform, { ...user, password }, { recoveryCode: user.recoveryCodes[0] ?? '' }).expect(201);
    expect((await mailsTo(platform, user.email)).map(({ subject }) => subject)).toContain('Le mot de passe de votre compte a été changé.');
  });

  it('leaves the old password nothing, however closely the two race', async () => {
    for (let i = 0; i < 5; i += 1) {
      const user = await makeUser(platform);
      await ask(user.email).expect(202);
      const token = await lastLinkTo(platform, user.email);
      const totp = nextCode(platform, user);
      const resetting = reset(token).then((answer) => answer);
      await new Promise((resolve) => setTimeout(resolve, i * 10));
      const [done, old] = await Promise.all([resetting, trySignIn(platform, user, { totp }).then((answer) => answer)]);
      expect(done.status).toBe(200);
      if (old.status === 201) await supertest(platform.app.http).get('/v1/me').set('Authorization', `Bearer ${old.body.token}`).expect(401);
    }
  });

  it('leaves nothing to a password that was looked at before the reset and counts after it', async () => {
    const user = await makeUser(platform);
    await ask(user.email).expect(202);
    const token = await lastLinkTo(platform, user.email);
    const holder = platform.owner;
    await holder.query('begin');
    await holder.query('select from users where id = $1 for no key update', [user.id]);
    // Signing in looks at the password, and waits for the row; then the password changes.
    const old = trySignIn(platform, user).then((answer) => answer);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await holder.query(
      'update users set password_hash = (select password_hash from users where id <> $1 and password_hash is not null limit 1) where id = $1',
      [user.id],
    );
    await holder.query('commit');
    expect((await old).status).toBe(401);
    const { rows } = await platform.owner.query(
      `select reason from audit_events where command = 'access.sign_in' and subject_id = $1 order by id desc limit 1`,
      [user.id],
    );
    expect(rows).toEqual([{ reason: 'wrong password' }]);
    await reset(token).expect(200);
    await trySignIn(platform, { ...user, password }).expect(201);
  });

  it('answers alike whoever is asked for, and leaves the same behind', async () => {
    const user = await makeUser(platform);
    const disabled = await makeUser(platform);
    await platform.owner.query('update users set disabled_at = now() where id = $1', [disabled.id]);
    const answers = [await ask(user.email), await ask(`${randomUUID()}@example.org`), await ask(disabled.email)];
    const seen = answers.map(({ status, body, headers }) => ({ status, body, names: Object.keys(headers).sort() }));
    for (const other of seen) expect(other).toEqual(seen[0]);
    expect(seen[0]?.status).toBe(202);
    expect(await mailsTo(platform, disabled.email)).toEqual([]);
    const { rows } = await platform.owner.query(`select row_to_json(e)::text as text from audit_events e
      where command in ('access.ask_for_reset', 'access.prepare_reset') union all select row_to_json(f)::text from follow_ups f`);
    const traces = [...platform.log, ...rows.map(({ text }) => text)].join('\n');
    expect(rows.length).toBeGreaterThan(5);
    for (const kept of [user.email, await lastLinkTo(platform, user.email)]) expect(traces).not.toContain(kept);
  });

  it('is sent to nobody more than four times an hour, without a word, and asked for by no network more than twenty times', async () => {
    const user = await makeUser(platform);
    for (let i = 0; i < 7; i += 1) await ask(user.email).expect(202);
    const mails = await mailsTo(platform, user.email);
    expect(mails).toHaveLength(4);
    const network = newNetwork();
    for (let i = 0; i < 20; i += 1) await ask(`${randomUUID()}@example.org`, network).expect(202);
    const { body } = await ask(user.email, network).expect(429);
    expect(body).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: expect.any(Number) });
    // Whoever asks in another's name makes their link no worse: it is the same one.
    expect(new Set(mails.map(tokenIn)).size).toBe(1);
    await reset(tokenIn(mails[0])).expect(200);
  });

  it('is worth nothing after an hour, and once a newer one was sent', async () => {
    const user = await makeUser(platform);
    await ask(user.email).expect(202);
    const first = await lastLinkTo(platform, user.email);
    platform.clock.skip(31 * MINUTE);
    await ask(user.email).expect(202);
    const second = await lastLinkTo(platform, user.email);
    expect(second).not.toBe(first);
    await reset(first).expect(422);
    platform.clock.skip(60 * MINUTE);
    await reset(second).expect(422);
  });

  it('cannot be guessed: links are tried sixty times an hour from one network', async () => {
    const network = newNetwork();
    for (let i = 0; i < 60; i += 1) await post('/v1/links/open', { token: `guess-${i}` }, network).expect(422);
    await post('/v1/links/open', { token: 'guess' }, network).expect(429);
    await post('/v1/links/password-reset', { token: 'guess', password }, network).expect(429);
  });
});

describe('a password that is changed', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const changed = (user: KnownUser) => ({ ...user, password });

  it('takes the old one, and ends the other sessions and every link', async () => {
    const user = await makeUser(platform);
    const elsewhere = await signedIn(platform, user);
    await supertest(platform.app.http)
      .post('/v1/password-resets')
      .set('Idempotency-Key', randomUUID())
      .send({ email: user.email })
      .expect(202);
    const token = await lastLinkTo(platform, user.email);
    const session = await signedIn(platform, user);
    const change = (body: object) => session.post('/v1/me/password', body);
    expect((await change({ password: user.password, newPassword: 'Amina Benali 2026' }).expect(422)).body.errors).toMatchObject([
      { pointer: '/newPassword' },
    ]);
    await change({ password: user.password, newPassword: password }).expect(204);
    await session.get('/v1/me').expect(200);
    await elsewhere.get('/v1/me').expect(401);
    await trySignIn(platform, user).expect(401);
    await trySignIn(platform, changed(user)).expect(201);
    await supertest(platform.app.http).post('/v1/links/password-reset').send({ token, password: 'another long passphrase' }).expect(422);
    expect((await mailsTo(platform, user.email)).at(-1)?.subject).toBe('Le mot de passe de votre compte a été changé.');
  });

  it('cannot be guessed in a stolen session: the fifth wrong one ends it, even when all come at once', async () => {
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_none, i) => session.post('/v1/me/password', { password: `guess ${i}`, newPassword: password })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 422, 422, 422, 422]);
    await session.get('/v1/me').expect(401);
    await trySignIn(platform, user).expect(201);
  });

  it('asks for a fresh second factor', async () => {
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    platform.clock.skip(5 * MINUTE);
    const change = () => session.post('/v1/me/password', { password: user.password, newPassword: password });
    expect((await change().expect(401)).body.code).toBe('step_up_required');
    await session.post('/v1/sessions/current/second-factor', { totp: nextCode(platform, user) }).expect(200);
    await change().expect(204);
  });
});
