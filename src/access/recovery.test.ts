import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLinkTo, mailsTo } from '../../test/support/mail.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { type KnownUser, makeUser, nextCode, signedIn, trySignIn } from '../../test/support/sign-in.ts';
import { totpCode } from './totp.ts';

const FIVE_MINUTES = 5 * 60_000;
const reason = 'came to the office with their passport';

describe('somebody who has lost their second factor', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const post = (path: string, body: object) => supertest(platform.app.http).post(path).send(body);
  const code = (secret: string) => totpCode(secret, platform.clock.now());
  const alertsAbout = async (userId: string): Promise<{ kind: string; facts: object }[]> =>
    (await platform.owner.query('select kind, facts from alerts where subject_id = $1 order by id', [userId])).rows;
  const recovery = (user: KnownUser, index: number) => ({ recoveryCode: user.recoveryCodes[index] ?? '' });

  it('signs in with a recovery code, once, and everybody who should is told', async () => {
    const user = await makeUser(platform);
    const typed = { recoveryCode: (user.recoveryCodes[0] ?? '').toUpperCase().replaceAll('-', ' ').replaceAll('0', 'o') };
    const answers = await Promise.all([1, 2, 3].map(() => trySignIn(platform, user, typed)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
    expect(answers.find(({ status }) => status === 201)?.body.user.recoveryCodesLeft).toBe(9);
    await trySignIn(platform, user, recovery(user, 0)).expect(401);
    await trySignIn(platform, user, { ...recovery(user, 1), password: 'not the password' }).expect(401);
    await trySignIn(platform, user, recovery(user, 1)).expect(201);
    expect(await alertsAbout(user.id)).toEqual([
      { kind: 'access.recovery_code_used', facts: { left: 9 } },
      { kind: 'access.recovery_code_used', facts: { left: 8 } },
    ]);
    expect((await mailsTo(platform, user.email)).map(({ subject }) => subject)).toEqual(
      Array(2).fill('Un de vos codes de secours a servi à vous connecter.'),
    );
    const other = await makeUser(platform);
    await trySignIn(platform, other, recovery(user, 2)).expect(401);
  });

  it('has new codes made with a fresh second factor, and the old ones are worth nothing', async () => {
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    platform.clock.skip(FIVE_MINUTES);
    expect((await session.post('/v1/me/recovery-codes').expect(401)).body.code).toBe('step_up_required');
    const { body: step } = await session.post('/v1/sessions/current/second-factor', { totp: nextCode(platform, user) }).expect(200);
    expect(step.freshUntil).toEqual(expect.any(String));
    const { body } = await session.post('/v1/me/recovery-codes').expect(201);
    await trySignIn(platform, user, recovery(user, 0)).expect(401);
    await trySignIn(platform, { ...user, recoveryCodes: body.recoveryCodes }, { recoveryCode: body.recoveryCodes[0] }).expect(201);
    expect((await session.get('/v1/me').expect(200)).body.recoveryCodesLeft).toBe(9);
    const application = await platform.applicationClient();
    const bring = application.query('update recovery_codes set used_at = null where user_id = $1 and used_at is not null', [user.id]);
    await expect(bring).rejects.toMatchObject({ constraint: 'recovery_codes_over' });
    await expect(application.query('delete from recovery_codes')).rejects.toMatchObject({ code: '42501' });
  });

  it('sets up another authenticator, which counts once it is confirmed', async () => {
    const user = await makeUser(platform);
    const elsewhere = await signedIn(platform, user);
    const session = await signedIn(platform, user);
    const { secret } = (await session.post('/v1/me/authenticator').expect(201)).body;
    const confirm = (totp: string) => session.post('/v1/me/authenticator/confirm', { totp });
    expect((await confirm('000000').expect(422)).body.code).toBe('second_factor_refused');
    await trySignIn(platform, { ...user, secret }).expect(401);
    await trySignIn(platform, user).expect(201);
    await confirm(code(secret)).expect(204);
    await elsewhere.get('/v1/me').expect(401);
    await session.get('/v1/me').expect(200);
    await trySignIn(platform, user).expect(401);
    await trySignIn(platform, { ...user, secret }).expect(201);
    await confirm(nextCode(platform, { ...user, secret })).expect(422);
    expect((await mailsTo(platform, user.email)).map(({ text }) => text)).toEqual([expect.stringContaining('Une autre application')]);
  });

  it('is sent a link by an administrator, who sees neither it nor the secret', async () => {
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    const administrator = await platform.as('administrator');
    const { body } = await administrator.post(`/v1/users/${user.id}/second-factor/replacement`, { reason }).expect(200);
    expect(Object.keys(body)).toEqual(['expiresAt']);
    await session.get('/v1/me').expect(401);
    expect(await alertsAbout(user.id)).toEqual([{ kind: 'access.second_factor_replacement', facts: {} }]);
    await trySignIn(platform, user).expect(201); // until they have set up another
    const token = await lastLinkTo(platform, user.email);
    const opened = (await post('/v1/links/open', { token }).expect(200)).body;
    expect(opened.purpose).toBe('second_factor');
    const { secret } = opened.totp;
    const replace = (given: object) => post('/v1/links/second-factor', { token, password: user.password, totp: code(secret), ...given });
    expect((await replace({ password: 'not the password' }).expect(422)).body.code).toBe('password_refused');
    expect((await replace({ totp: '000000' }).expect(422)).body.code).toBe('second_factor_refused');
    const { body: given } = await replace({}).expect(200);
    await trySignIn(platform, user).expect(401);
    await trySignIn(platform, user, recovery(user, 0)).expect(401);
    await trySignIn(platform, { ...user, secret }).expect(201);
    await trySignIn(platform, user, { recoveryCode: given.recoveryCodes[0] }).expect(201);
    expect((await replace({}).expect(422)).body.code).toBe('link_refused');
    const { rows } = await platform.owner.query(`select reason from audit_events where command = 'access.start_second_factor_replacement'`);
    expect(rows.at(-1)).toEqual({ reason });
  });

  it('cannot have the password guessed by whoever holds the link', async () => {
    const user = await makeUser(platform);
    const administrator = await platform.as('administrator');
    await administrator.post(`/v1/users/${user.id}/second-factor/replacement`, { reason }).expect(200);
    const token = await lastLinkTo(platform, user.email);
    const { secret } = (await post('/v1/links/open', { token }).expect(200)).body.totp;
    const guess = (password: string) => post('/v1/links/second-factor', { token, password, totp: code(secret) });
    const answers = await Promise.all(Array.from({ length: 8 }, (_none, i) => guess(`guess number ${i}`)));
    expect(answers.map(({ body }) => body.code).sort()).toEqual([...Array(3).fill('link_refused'), ...Array(5).fill('password_refused')]);
    await guess(user.password).expect(422);
    expect((await alertsAbout(user.id)).at(-1)).toEqual({ kind: 'access.guessing', facts: { tries: 5, from: 'a link' } });
  });

  it('is helped by another administrator, not by themselves, and not without a reason or a fresh second factor', async () => {
    const user = await makeUser(platform);
    const administrator = await platform.as('administrator');
    const start = (userId: string, body: object) => administrator.post(`/v1/users/${userId}/second-factor/replacement`, body);
    expect((await start(administrator.userId, { reason }).expect(403)).body.code).toBe('forbidden');
    await start(user.id, {}).expect(400);
    await start(randomUUID(), { reason }).expect(404);
    await (await platform.as('auditor')).post(`/v1/users/${user.id}/second-factor/replacement`, { reason }).expect(403);
    platform.clock.skip(FIVE_MINUTES + 1);
    expect((await start(user.id, { reason }).expect(401)).body.code).toBe('step_up_required');
    expect(await alertsAbout(user.id)).toEqual([]);
  });
});
