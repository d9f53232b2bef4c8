import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mistakes, type SoftwareAuthenticator, softwareAuthenticator } from '../../../test/support/authenticator.ts';
import { signedInWith, signInOptions, tryRegister, trySignInWith } from '../../../test/support/passkeys.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { type KnownUser, makeUser, signedIn, withToken } from '../../../test/support/sign-in.ts';

const TWO_MINUTES = 2 * 60_000;

describe('attacks on passkeys', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  async function withPasskey(authenticator: SoftwareAuthenticator = softwareAuthenticator()) {
    const user = await makeUser(platform, { role: 'administrator' });
    const session = await signedIn(platform, user);
    const { body } = await tryRegister(session, authenticator);
    return { user, session, authenticator, passkeyId: body.id as string };
  }

  const sessionsOf = async ({ id }: KnownUser): Promise<number> =>
    (await platform.owner.query('select count(*)::int as n from sessions where user_id = $1', [id])).rows[0].n;
  const alertsOf = async ({ id }: KnownUser): Promise<{ kind: string }[]> =>
    (await platform.owner.query('select kind from alerts where subject_id = $1 order by id', [id])).rows;

  const wrong: readonly [string, Mistakes][] = [
    ['another site', { origin: 'https://sanad.example.com' }],
    ['another port of this host', { origin: 'http://localhost:8081' }],
    ['another domain', { rpId: 'example.com' }],
    ['a frame of another site', { isFramed: true }],
    ['no user verification', { isUserVerified: false }],
    ['another challenge', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['a challenge that is none', { challenge: 'x' }],
    ['another ceremony', { type: 'webauthn.other' }],
  ];

  it.each(wrong)('an answer from %s signs nobody in, and uses the challenge up if it was ours', async (_name, mistakes) => {
    const { user, authenticator } = await withPasskey();
    const before = await sessionsOf(user);
    const options = await signInOptions(platform, user.email);
    const { body } = await trySignInWith(platform, user, authenticator.get(options, mistakes)).expect(401);
    expect(body).toMatchObject({ code: 'unauthenticated', title: 'Sign in first' });
    await trySignInWith(platform, user, authenticator.get(options)).expect(mistakes.challenge ? 201 : 401);
    expect(await sessionsOf(user)).toBe(before + (mistakes.challenge ? 1 : 0));
  });

  it.each(wrong)('a passkey made in %s is not kept', async (_name, mistakes) => {
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    const { status, body } = await tryRegister(session, softwareAuthenticator(), mistakes);
    expect([status, body.code]).toEqual([422, 'passkey_refused']);
    expect((await session.get('/v1/me/passkeys')).body.items).toEqual([]);
  });

  it('an answer is good once, whether replayed for signing in or for stepping up', async () => {
    const { user, session, authenticator } = await withPasskey(softwareAuthenticator(-7, false));
    const options = await signInOptions(platform, user.email);
    const answer = authenticator.get(options);
    await session.post('/v1/sessions/current/second-factor', { passkey: answer }).expect(422);
    await trySignInWith(platform, user, answer).expect(201);
    await trySignInWith(platform, user, answer).expect(401);
    await session.post('/v1/sessions/current/second-factor', { passkey: answer }).expect(422);
  });

  it('a challenge ends after two minutes', async () => {
    const { user, authenticator } = await withPasskey();
    const options = await signInOptions(platform, user.email);
    platform.clock.skip(TWO_MINUTES);
    await trySignInWith(platform, user, authenticator.get(options)).expect(401);
  });

  it('a challenge is good for whom and for what it was given', async () => {
    const [one, other] = [await withPasskey(), await withPasskey()];
    const forOther = await signInOptions(platform, other.user.email);
    await trySignInWith(platform, one.user, one.authenticator.get(forOther)).expect(401);
    const { body: forStepUp } = await one.session.post('/v1/sessions/current/passkey-options').expect(200);
    await trySignInWith(platform, one.user, one.authenticator.get(forStepUp)).expect(401);
    const second = await signedInWith(platform, one.user, one.authenticator);
    await second.post('/v1/sessions/current/second-factor', { passkey: one.authenticator.get(forStepUp) }).expect(422);
    const { body: forRegistration } = await one.session.post('/v1/me/passkeys/options').expect(200);
    const credential = softwareAuthenticator().create(forRegistration);
    await second.post('/v1/me/passkeys', { name: 'Stolen', credential }).expect(422);
  });

  it('a passkey signs its owner in and nobody else, whoever it says it is', async () => {
    const [one, other] = [await withPasskey(), await withPasskey()];
    await trySignInWith(platform, one.user, other.authenticator.get(await signInOptions(platform, one.user.email))).expect(401);
    const disguised = { credentialId: one.authenticator.credentialId };
    await trySignInWith(platform, one.user, other.authenticator.get(await signInOptions(platform, one.user.email), disguised)).expect(401);
    const stranger = softwareAuthenticator();
    await trySignInWith(platform, one.user, stranger.get(await signInOptions(platform, one.user.email))).expect(401);
    const { body: options } = await one.session.post('/v1/sessions/current/passkey-options').expect(200);
    await one.session.post('/v1/sessions/current/second-factor', { passkey: other.authenticator.get(options) }).expect(422);
  });

  it('an answer without the password is worth nothing, and refused in the same words', async () => {
    const { user, authenticator } = await withPasskey();
    const options = await signInOptions(platform, user.email);
    const answers = [
      await trySignInWith(platform, { ...user, password: 'another long password' }, authenticator.get(options)),
      await trySignInWith(platform, { ...user, email: `${randomUUID()}@example.org` }, authenticator.get(options)),
      await trySignInWith(platform, user, softwareAuthenticator().get(options)),
    ];
    const seen = answers.map(({ status, body }) => ({ status, body: { ...body, requestId: '' } }));
    for (const answer of seen) expect(answer).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('a copied passkey ends when the two have counted apart, and administrators are told once', async () => {
    const { user, authenticator, session } = await withPasskey();
    await signedInWith(platform, user, authenticator);
    const copy = authenticator.copy();
    await signedInWith(platform, user, authenticator);
    await trySignInWith(platform, user, copy.get(await signInOptions(platform, user.email))).expect(401);
    expect(await alertsOf(user)).toEqual([{ kind: 'access.passkey_copied' }]);
    await trySignInWith(platform, user, authenticator.get(await signInOptions(platform, user.email))).expect(401);
    expect(await alertsOf(user)).toHaveLength(1);
    expect((await session.get('/v1/me/passkeys')).body.items).toEqual([]);
  });

  it('a counter that falls to zero has gone back too', async () => {
    const { user, authenticator } = await withPasskey();
    await signedInWith(platform, user, authenticator);
    const options = await signInOptions(platform, user.email);
    await trySignInWith(platform, user, authenticator.get(options, { signCount: 0 })).expect(401);
    expect(await alertsOf(user)).toEqual([{ kind: 'access.passkey_copied' }]);
  });

  it('a counter is believed only when it was signed: nobody ends another’s passkey', async () => {
    const { user, authenticator } = await withPasskey();
    await signedInWith(platform, user, authenticator);
    const forged = { credentialId: authenticator.credentialId, signCount: 0 };
    await trySignInWith(platform, user, softwareAuthenticator().get(await signInOptions(platform, user.email), forged)).expect(401);
    expect(await alertsOf(user)).toEqual([]);
    await signedInWith(platform, user, authenticator);
  });

  it('one challenge opens one session, however many connections bring its answer at once', async () => {
    const { user, authenticator } = await withPasskey(softwareAuthenticator(-7, false));
    const before = await sessionsOf(user);
    const answer = authenticator.get(await signInOptions(platform, user.email));
    const answers = await Promise.all(Array.from({ length: 4 }, () => trySignInWith(platform, user, answer)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401]);
    expect(await sessionsOf(user)).toBe(before + 1);
  });

  it('one challenge makes one passkey, however many connections bring one at once', async () => {
    const user = await makeUser(platform);
    const session = await signedIn(platform, user);
    const { body: options } = await session.post('/v1/me/passkeys/options').expect(200);
    const answers = await Promise.all(
      [1, 2, 3].map((n) => session.post('/v1/me/passkeys', { name: `Number ${n}`, credential: softwareAuthenticator().create(options) })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
  });

  it('guessing at the second factor in a session ends it', async () => {
    const { session, user } = await withPasskey();
    for (let i = 1; i <= 5; i += 1) {
      const { body: options } = await session.post('/v1/sessions/current/passkey-options').expect(200);
      const passkey = softwareAuthenticator().get(options);
      await session.post('/v1/sessions/current/second-factor', { passkey }).expect(i < 5 ? 422 : 401);
    }
    await session.get('/v1/me').expect(401);
    expect(await alertsOf(user)).toEqual([]);
  });

  it('what is not even an answer is refused as the contract says', async () => {
    const { user } = await withPasskey();
    const { body: extra } = await trySignInWith(platform, user, { id: 'x', rawId: 'x', type: 'public-key' }).expect(400);
    expect(extra.errors).toContainEqual({ pointer: '/body/passkey/response', code: 'required', detail: expect.any(String) });
    const nonsense = { clientDataJSON: 'bm9uZQ', authenticatorData: 'AA', signature: 'AA' };
    await trySignInWith(platform, user, { id: 'AA', rawId: 'AA', type: 'public-key', response: nonsense }).expect(401);
    const two = { totp: '000000', passkey: { id: 'AA', rawId: 'AA', type: 'public-key', response: nonsense } };
    const { body } = await withToken(platform, '').post('/v1/sessions', { email: user.email, password: user.password, ...two });
    expect(body.code).toBe('invalid_request');
  });

  it('the database refuses a counter that goes back, a challenge used twice and a passkey that has ended', async () => {
    const { user, authenticator, passkeyId } = await withPasskey();
    await signedInWith(platform, user, authenticator);
    const application = await platform.applicationClient();
    const over = { constraint: 'passkeys_over' };
    await expect(application.query('update passkeys set sign_count = 0 where id = $1', [passkeyId])).rejects.toMatchObject(over);
    await application.query('update passkeys set ended_at = created_at where id = $1', [passkeyId]);
    await expect(application.query('update passkeys set ended_at = null where id = $1', [passkeyId])).rejects.toMatchObject(over);
    await expect(application.query('update passkeys set public_key = $1', [Buffer.alloc(1)])).rejects.toMatchObject({ code: '42501' });
    await expect(application.query('delete from passkeys')).rejects.toMatchObject({ code: '42501' });
    await expect(application.query('update challenges set used_at = null where used_at is not null')).rejects.toMatchObject({
      constraint: 'challenges_append_only',
    });
    const long = `insert into challenges values (decode(repeat('00', 32), 'hex'), 'passkey_sign_in', decode(repeat('00', 32), 'hex'), now(), now() + interval '11 minutes')`;
    await expect(application.query(long)).rejects.toMatchObject({ constraint: 'challenges_short' });
  });
});
