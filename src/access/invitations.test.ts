import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lastLinkTo, mailsTo, tokenIn } from '../../test/support/mail.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { trySignIn } from '../../test/support/sign-in.ts';
import { inviteAdministrator } from './commands/invitations.ts';
import { hashLinkToken, linkAddress } from './links.ts';
import { totpCode } from './totp.ts';

const HOUR = 3_600_000;
const password = 'seven otters juggle plums';

describe('an invitation', () => {
  let platform: TestPlatform;
  let administrator: Client;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  beforeEach(async () => {
    administrator = await platform.as('administrator');
  });
  afterAll(() => platform.close());

  const post = (path: string, body: object) => supertest(platform.app.http).post(path).send(body);
  const code = (secret: string) => totpCode(secret, platform.clock.now());

  async function invite(displayName = 'Karim Haddad', language = 'ar') {
    const email = `${randomUUID()}@example.org`;
    const { body } = await administrator.post('/v1/users', { email, displayName, language }).expect(201);
    return { id: body.id as string, email, token: await lastLinkTo(platform, email) };
  }
  const open = async (token: string) => (await post('/v1/links/open', { token }).expect(200)).body;

  it('lets somebody choose a password and set up an authenticator, and nobody else see either', async () => {
    const { id, email, token } = await invite();
    const opened = await open(token);
    expect(opened).toMatchObject({ purpose: 'invitation', email, displayName: 'Karim Haddad', language: 'ar' });
    const { secret } = opened.totp;
    const { body } = await post('/v1/links/invitation', { token, password, totp: code(secret) }).expect(200);
    expect(new Set(body.recoveryCodes).size).toBe(10);
    const user = { id, email, password, secret, recoveryCodes: body.recoveryCodes };
    const { body: signedIn } = await trySignIn(platform, user, { deviceToken: body.deviceToken }).expect(201);
    expect(signedIn.user).toEqual({ id, displayName: 'Karim Haddad', language: 'ar', grants: [], recoveryCodesLeft: 10 });
    const { body: users } = await administrator.get('/v1/users?limit=200').expect(200);
    expect(users.items.find((one: { id: string }) => one.id === id).activatedAt).toEqual(expect.any(String));
    const { rows } = await platform.owner.query(
      `select row_to_json(e)::text as text from audit_events e union all select row_to_json(k)::text from idempotency_keys k
       union all select row_to_json(f)::text from follow_ups f union all select row_to_json(l)::text from account_links l
       union all select row_to_json(t)::text from totp_enrolments t union all select row_to_json(r)::text from recovery_codes r`,
    );
    const traces = [...platform.log, ...rows.map(({ text }) => text)].join('\n');
    expect(traces).toContain(hashLinkToken(token).toString('hex'));
    for (const kept of [token, secret, password, email, ...body.recoveryCodes]) expect(traces).not.toContain(kept);
  });

  it('is good once, however many use it at once', async () => {
    const { token } = await invite();
    const { secret } = (await open(token)).totp;
    const accept = () => post('/v1/links/invitation', { token, password, totp: code(secret) });
    const answers = await Promise.all([accept(), accept(), accept()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    const again = await accept().expect(422);
    expect(again.body.code).toBe('link_refused');
    await post('/v1/links/open', { token }).expect(422);
  });

  it('counts no authenticator that was not confirmed, and only the secret that was shown last', async () => {
    const { id, token } = await invite();
    const first = (await open(token)).totp.secret;
    const second = (await open(token)).totp.secret;
    expect(first).not.toBe(second);
    for (const wrong of [code(first), '000000']) {
      expect((await post('/v1/links/invitation', { token, password, totp: wrong }).expect(422)).body.code).toBe('second_factor_refused');
    }
    platform.clock.skip(HOUR + 1_000);
    await post('/v1/links/invitation', { token, password, totp: code(second) }).expect(422);
    const { rows } = await platform.owner.query('select password_hash, totp_secret, activated_at from users where id = $1', [id]);
    expect(rows).toEqual([{ password_hash: null, totp_secret: null, activated_at: null }]);
    const third = (await open(token)).totp.secret;
    await post('/v1/links/invitation', { token, password, totp: code(third) }).expect(200);
  });

  it('is refused in the same words when it is unknown, for something else, revoked, replaced, too old, or its user is disabled', async () => {
    const bodies: unknown[] = [];
    const refused = async (token: string, path = '/v1/links/open', more: object = {}) => {
      const { body } = await post(path, { token, ...more }).expect(422);
      expect(body.code).toBe('link_refused');
      bodies.push({ ...body, requestId: '' });
    };
    await refused('nothing');
    const replaced = await invite();
    await administrator.post(`/v1/users/${replaced.id}/invitation`).expect(200);
    await refused(replaced.token);
    const another = await lastLinkTo(platform, replaced.email);
    expect((await open(another)).purpose).toBe('invitation');
    await refused(another, '/v1/links/password-reset', { password });
    await refused(another, '/v1/links/second-factor', { password, totp: '000000' });
    await administrator.post(`/v1/users/${replaced.id}/invitation/revoke`).expect(204);
    await refused(another);
    await administrator.post(`/v1/users/${replaced.id}/invitation/revoke`).expect(409);
    const disabled = await invite();
    await administrator.post(`/v1/users/${disabled.id}/disable`).expect(200);
    await refused(disabled.token);
    await administrator.post(`/v1/users/${disabled.id}/invitation`).expect(409);
    const old = await invite();
    platform.clock.skip(72 * HOUR);
    await refused(old.token);
    for (const body of bodies) expect(body).toEqual(bodies[0]);
  });

  it('takes no password that is common, short, or their own name', async () => {
    const { email, token } = await invite('Leïla Benmokhtar');
    const { secret } = (await open(token)).totp;
    const accept = (given: string) => post('/v1/links/invitation', { token, password: given, totp: code(secret) });
    await accept('eleven sign').expect(400);
    for (const weak of ['Password1234!', 'QWERTYuiop12', 'leila benmokhtar 7 otters', `${email.slice(0, 8)} seven otters`]) {
      const { body } = await accept(weak).expect(422);
      expect(body).toMatchObject({ code: 'unprocessable', errors: [{ pointer: '/password' }] });
    }
    await accept(password).expect(200);
  });

  it('is for an administrator of everything to send, and for nobody who has accepted one', async () => {
    const { id, token } = await invite();
    const local = await platform.as('administrator', { programme: randomUUID() });
    await local.post(`/v1/users/${id}/invitation`).expect(404);
    await (await platform.as('auditor')).post(`/v1/users/${id}/invitation`).expect(403);
    await administrator.post(`/v1/users/${randomUUID()}/invitation`).expect(404);
    const { secret } = (await open(token)).totp;
    await post('/v1/links/invitation', { token, password, totp: code(secret) }).expect(200);
    await administrator.post(`/v1/users/${id}/invitation`).expect(409);
  });

  it('lets nobody in before it is accepted', async () => {
    const { id, email } = await invite();
    await trySignIn(platform, { id, email, password, secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', recoveryCodes: [] }).expect(401);
    await supertest(platform.app.http).post('/v1/password-resets').set('Idempotency-Key', randomUUID()).send({ email }).expect(202);
    expect(await mailsTo(platform, email)).toHaveLength(1);
  });

  it('is written in the language of the reader, and names nobody and nothing', async () => {
    for (const [language, subject] of [
      ['ar', 'فعّل حسابك'],
      ['fr', 'Activez votre compte'],
      ['en', 'Set up your account'],
    ]) {
      const { email } = await invite('Karim Haddad', language);
      const [mail] = await mailsTo(platform, email);
      expect(mail).toMatchObject({ to: email, subject });
      expect(mail?.text).toContain(`http://localhost:8080/invitation#${tokenIn(mail)}`);
      expect(mail?.text).not.toMatch(/Karim|Sanad|DZ-CASH/i);
    }
  });

  it('makes an administrator from the command line, with an alert, and again until they have accepted', async () => {
    const given = { email: `${randomUUID()}@example.org`, displayName: 'Operator', language: 'en' as const };
    const first = await inviteAdministrator(platform.app.execute, given);
    const link = await inviteAdministrator(platform.app.execute, given);
    const { keyRing } = platform.app;
    const tokenOf = (one: typeof link) =>
      linkAddress('https://sanad.example.org/', keyRing, one).replace('https://sanad.example.org/invitation#', '');
    await post('/v1/links/open', { token: tokenOf(first) }).expect(422);
    const { secret } = (await open(tokenOf(link))).totp;
    await post('/v1/links/invitation', { token: tokenOf(link), password, totp: code(secret) }).expect(200);
    expect(await mailsTo(platform, given.email)).toEqual([]);
    const user = { id: link.userId, email: given.email, password, secret, recoveryCodes: [] };
    const { body } = await trySignIn(platform, user).expect(201);
    expect(body.user.grants).toMatchObject([{ role: 'administrator', programmeId: null }]);
    await expect(inviteAdministrator(platform.app.execute, given)).rejects.toMatchObject({ code: 'conflict' });
    const { rows } = await platform.owner.query('select kind from alerts where subject_id = $1', [link.userId]);
    expect(rows).toEqual([{ kind: 'access.administrator_invited' }, { kind: 'access.administrator_invited' }]);
  });

  it('has the database refuse what would open a link again, or one longer than three days', async () => {
    const { id, token } = await invite();
    await administrator.post(`/v1/users/${id}/invitation/revoke`).expect(204);
    const application = await platform.applicationClient();
    const hash = hashLinkToken(token);
    const now = platform.clock.now();
    await expect(application.query('update account_links set revoked_at = null where token_hash = $1', [hash])).rejects.toMatchObject({
      constraint: 'account_links_over',
    });
    await expect(application.query('update account_links set expires_at = now() where token_hash = $1', [hash])).rejects.toMatchObject({
      code: '42501',
    });
    const insert = (purpose: string, createdBy: string, hours: number) =>
      application.query(
        `insert into account_links (id, user_id, purpose, key_version, token_hash, created_by, created_at, expires_at)
         values ($1, $2, $3, 1, sha256($4::bytea), $5, $6, $7)`,
        [randomUUID(), id, purpose, randomUUID(), createdBy, now, new Date(now.getTime() + hours * HOUR)],
      );
    await expect(insert('invitation', administrator.userId, 73)).rejects.toMatchObject({ constraint: 'account_links_end' });
    await expect(insert('second_factor', id, 1)).rejects.toMatchObject({ constraint: 'account_links_not_for_oneself' });
    await insert('invitation', administrator.userId, 1);
    await expect(insert('invitation', administrator.userId, 1)).rejects.toMatchObject({ constraint: 'account_links_open' });
    await expect(application.query('update users set activated_at = now() where id = $1', [id])).rejects.toMatchObject({
      constraint: 'users_activated_whole',
    });
  });
});
