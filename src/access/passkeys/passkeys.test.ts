import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { softwareAuthenticator } from '../../../test/support/authenticator.ts';
import { signedInWith, signInOptions, tryRegister, trySignInWith } from '../../../test/support/passkeys.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeUser, nextCode, signedIn, trySignIn, withToken } from '../../../test/support/sign-in.ts';

const FIVE_MINUTES = 5 * 60_000;

describe('passkeys', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const alertsOf = async (userId: string): Promise<{ kind: string; facts: object }[]> =>
    (await platform.owner.query('select kind, facts from alerts where subject_id = $1 order by id', [userId])).rows;

  /** Somebody with a passkey. */
  async function withPasskey(authenticator = softwareAuthenticator()) {
    const user = await makeUser(platform, { role: 'administrator' });
    const session = await signedIn(platform, user);
    const { status, body } = await tryRegister(session, authenticator);
    expect(status).toBe(201);
    return { user, session, authenticator, passkeyId: body.id as string };
  }

  it.each([
    ['ES256', softwareAuthenticator(-7)],
    ['EdDSA', softwareAuthenticator(-8)],
    ['ES256, without counting', softwareAuthenticator(-7, false)],
  ] as const)('sign somebody in with their password (%s)', async (_name, authenticator) => {
    const { user, passkeyId } = await withPasskey(authenticator);
    const session = await signedInWith(platform, user, authenticator);
    const { body: me } = await session.get('/v1/me').expect(200);
    expect(me.id).toBe(user.id);
    const { body: list } = await session.get('/v1/me/passkeys').expect(200);
    expect(list.items).toMatchObject([{ id: passkeyId, name: 'Work laptop', isSynced: false, lastUsedAt: expect.any(String) }]);
    await signedInWith(platform, user, authenticator);
  });

  it('take the place of the codes of an authenticator, and give it back with the last one', async () => {
    const { user, session, authenticator, passkeyId } = await withPasskey();
    await trySignIn(platform, user).expect(401);
    await session.post('/v1/sessions/current/second-factor', { totp: nextCode(platform, user) }).expect(422);
    const fresh = await signedInWith(platform, user, authenticator);
    await fresh.delete(`/v1/me/passkeys/${passkeyId}`).expect(204);
    await fresh.delete(`/v1/me/passkeys/${passkeyId}`).expect(404);
    const options = await signInOptions(platform, user.email);
    await trySignInWith(platform, user, authenticator.get(options)).expect(401);
    await trySignIn(platform, user).expect(201);
  });

  it('leave the way back open for whoever has lost theirs', async () => {
    const { user, passkeyId } = await withPasskey();
    const [recoveryCode = ''] = user.recoveryCodes;
    const { body } = await trySignIn(platform, user, { recoveryCode }).expect(201);
    await withToken(platform, body.token).delete(`/v1/me/passkeys/${passkeyId}`).expect(204);
    await trySignIn(platform, user).expect(201);
  });

  it('are several, each with a name, and not made twice in one place', async () => {
    const { user, session, authenticator } = await withPasskey();
    await tryRegister(session, softwareAuthenticator(-8), {}, 'Telephone');
    const { body: options } = await session.post('/v1/me/passkeys/options').expect(200);
    expect(options.excludeCredentials).toHaveLength(2);
    expect(options.excludeCredentials[0]).toMatchObject({ id: authenticator.credentialId, type: 'public-key' });
    expect((await tryRegister(session, authenticator)).status).toBe(409);
    const { body: list } = await session.get('/v1/me/passkeys').expect(200);
    expect(list.items.map(({ name }: { name: string }) => name)).toEqual(['Work laptop', 'Telephone']);
    const asked = await signInOptions(platform, user.email);
    expect(asked.allowCredentials.map(({ id }) => id)).toContain(authenticator.credentialId);
    expect(asked.allowCredentials).toHaveLength(2);
  });

  it('are added and removed with a fresh second factor alone, and removal is seen by administrators', async () => {
    const { user, session, authenticator, passkeyId } = await withPasskey();
    platform.clock.skip(FIVE_MINUTES);
    expect((await session.post('/v1/me/passkeys/options').expect(401)).body.code).toBe('step_up_required');
    expect((await session.delete(`/v1/me/passkeys/${passkeyId}`).expect(401)).body.code).toBe('step_up_required');
    const { body: options } = await session.post('/v1/sessions/current/passkey-options').expect(200);
    expect(options.allowCredentials).toMatchObject([{ id: authenticator.credentialId }]);
    const { body } = await session.post('/v1/sessions/current/second-factor', { passkey: authenticator.get(options) }).expect(200);
    expect(new Date(body.freshUntil).getTime()).toBeGreaterThan(platform.clock.now().getTime() + FIVE_MINUTES - 5_000);
    const fresh = withToken(platform, body.token);
    await fresh.delete(`/v1/me/passkeys/${passkeyId}`).expect(204);
    expect(await alertsOf(user.id)).toEqual([{ kind: 'access.passkey_removed', facts: { passkeyId } }]);
  });

  it('are nobody else’s to remove or to see', async () => {
    const { passkeyId } = await withPasskey();
    const other = await withPasskey();
    await other.session.delete(`/v1/me/passkeys/${passkeyId}`).expect(404);
    const { body } = await other.session.get('/v1/me/passkeys').expect(200);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([other.passkeyId]);
  });

  it('are twenty at most', async () => {
    const { user, session } = await withPasskey();
    await platform.owner.query(
      `insert into passkeys (id, user_id, credential_id, public_key, name, transports, is_synced, sign_count, created_at)
      select gen_random_uuid(), $1::uuid, decode(md5(n::text || $1::text), 'hex'), '', 'Another', '{}', false, 0, now() from generate_series(1, 19) n`,
      [user.id],
    );
    expect((await tryRegister(session, softwareAuthenticator())).status).toBe(409);
  });

  it('are asked for alike whether anybody has the address or not', async () => {
    const { user } = await withPasskey();
    const without = await makeUser(platform);
    const stranger = `${randomUUID()}@example.org`;
    for (const email of [user.email, without.email, stranger]) {
      const [one, again] = [await signInOptions(platform, email), await signInOptions(platform, email.toUpperCase())];
      expect(one.allowCredentials).toEqual(again.allowCredentials);
      expect(one.challenge).not.toBe(again.challenge);
      expect(Object.keys(one).sort()).toEqual(['allowCredentials', 'challenge', 'rpId', 'timeout', 'userVerification']);
      expect(one.allowCredentials[0]).toMatchObject({ id: expect.stringMatching(/^[\w-]{16,}$/), type: 'public-key' });
    }
    const invented = await Promise.all(Array.from({ length: 30 }, () => signInOptions(platform, `${randomUUID()}@example.org`)));
    const ids = invented.flatMap(({ allowCredentials }) => allowCredentials.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids.map((id) => id.length)).size).toBeGreaterThan(1);
  });
});
