import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolledDevice, type KnownDevice, signedInByPin, tryEnrol, tryPin } from '../../../test/support/device.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { lastLinkTo } from '../../../test/support/mail.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { type KnownUser, makeUser, nextCode, signedIn } from '../../../test/support/sign-in.ts';
import { totpCode } from '../totp.ts';

const password = 'seven otters juggle plums';

describe('a thief who knows the PIN and has the device', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
  });
  afterAll(() => platform.close());

  const administrator = async () => signedIn(platform, await makeUser(platform, { role: 'administrator' }));
  const post = (path: string, body: object) => supertest(platform.app.http).post(path).set('Idempotency-Key', randomUUID()).send(body);

  const grantOf = async ({ id }: KnownUser): Promise<string> =>
    (await platform.owner.query('select id from role_grants where user_id = $1', [id])).rows[0].id;

  async function beginReplacement({ id, email }: KnownUser): Promise<string> {
    await (await administrator()).post(`/v1/users/${id}/second-factor/replacement`, { reason: 'telephone stolen' }).expect(200);
    return lastLinkTo(platform, email);
  }

  const ways: [string, (user: KnownUser, device: KnownDevice) => Promise<unknown>][] = [
    [
      'a password reset',
      async ({ email }) => {
        await post('/v1/password-resets', { email }).expect(202);
        await post('/v1/links/password-reset', { token: await lastLinkTo(platform, email), password }).expect(200);
      },
    ],
    [
      'a change of password',
      async (user) => {
        const session = await signedIn(platform, user);
        await session.post('/v1/me/password', { password: user.password, newPassword: password }).expect(204);
      },
    ],
    ['a replacement of the second factor that has begun', beginReplacement],
    [
      'a replacement of the second factor',
      async (user, { id, key }) => {
        const token = await beginReplacement(user);
        const again = await tryEnrol(await signedIn(platform, user), user.id, { key, deviceId: id });
        expect([again.status, (await tryPin(platform, { id, key }, user.id)).status]).toEqual([201, 201]);
        const { secret } = (await post('/v1/links/open', { token }).expect(200)).body.totp;
        const totp = totpCode(secret, platform.clock.now());
        await post('/v1/links/second-factor', { token, password: user.password, totp }).expect(200);
      },
    ],
    [
      'a new authenticator',
      async (user) => {
        const session = await signedIn(platform, user);
        const { secret } = (await session.post('/v1/me/authenticator').expect(201)).body;
        await session.post('/v1/me/authenticator/confirm', { totp: nextCode(platform, { ...user, secret }) }).expect(204);
      },
    ],
    ['an administrator who ends all sessions', async ({ id }) => (await administrator()).post(`/v1/users/${id}/sessions/end`).expect(200)],
    [
      'the end of the role, even once it is granted again',
      async (user) => {
        const session = await administrator();
        await session.post(`/v1/users/${user.id}/roles/${await grantOf(user)}/end`).expect(200);
        await session.post(`/v1/users/${user.id}/roles`, { role: 'agent', officeId: frame.officeId }).expect(201);
      },
    ],
    [
      'a role that has run out and is granted again',
      async (user) => {
        await platform.owner.query('update role_grants set ends_at = $2 where user_id = $1', [user.id, platform.clock.now()]);
        platform.clock.skip(1_000);
        await (await administrator()).post(`/v1/users/${user.id}/roles`, { role: 'agent', officeId: frame.officeId }).expect(201);
      },
    ],
    ['being disabled', async ({ id }) => (await administrator()).post(`/v1/users/${id}/disable`).expect(200)],
  ];

  it.each(ways)('is thrown out by %s', async (_way, throwOut) => {
    const user = await makeUser(platform, { role: 'agent', officeId: frame.officeId });
    const device = await enrolledDevice(platform, user, frame.officeId);
    const thief = await signedInByPin(platform, device, user.id);
    await throwOut(user, device);
    await thief.get('/v1/me').expect(401);
    const { status, body } = await tryPin(platform, device, user.id);
    expect([status, body.code]).toEqual([401, 'device_refused']);
    const { rows } = await platform.owner.query(
      'select count(*)::int as n from device_enrolments where user_id = $1 and (pin_hash is not null or ended_at is null)',
      [user.id],
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('leaves others on the device, and a PIN at another office when a role ends', async () => {
    const elsewhere = await makeFrame(platform);
    const roles = [frame, elsewhere].map(({ officeId }) => ({ role: 'agent', officeId }) as const);
    const user = await makeUser(platform, ...roles);
    const [here, there] = [await enrolledDevice(platform, user, frame.officeId), await enrolledDevice(platform, user, elsewhere.officeId)];
    const colleague = await makeUser(platform, { role: 'agent', officeId: frame.officeId });
    await tryEnrol(await signedIn(platform, colleague), colleague.id, { key: here.key, deviceId: here.id });
    const { rows } = await platform.owner.query('select id from role_grants where user_id = $1 and office_id = $2', [
      user.id,
      frame.officeId,
    ]);
    await (await administrator()).post(`/v1/users/${user.id}/roles/${rows[0].id}/end`).expect(200);
    expect((await tryPin(platform, here, user.id)).status).toBe(401);
    expect((await tryPin(platform, there, user.id)).status).toBe(201);
    expect((await tryPin(platform, here, colleague.id)).status).toBe(201);
  });

  it('enrols in no race with being thrown out', async () => {
    const user = await makeUser(platform, { role: 'agent', officeId: frame.officeId });
    const device = await enrolledDevice(platform, user, frame.officeId);
    const session = await signedIn(platform, user);
    const ending = await administrator();
    const [enrolled, ended] = await Promise.all([
      tryEnrol(session, user.id, { key: device.key, deviceId: device.id }),
      new Promise((resolve) => setTimeout(resolve, 40)).then(() => ending.post(`/v1/users/${user.id}/sessions/end`)),
    ]);
    expect([201, 401]).toContain(enrolled.status);
    expect(ended.status).toBe(200);
    expect((await tryPin(platform, device, user.id)).status).toBe(401);
  });
});
