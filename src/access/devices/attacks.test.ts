import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  challengeFor,
  enrolledDevice,
  type KnownDevice,
  newDeviceKey,
  PIN,
  signatureOf,
  signedInByPin,
  tryEnrol,
  tryPin,
} from '../../../test/support/device.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeUser, signedIn } from '../../../test/support/sign-in.ts';
import { newId } from '../../platform/index.ts';
import { system } from '../system.ts';

const MINUTE = 60_000;
const WRONG = '719345';

describe('attacks on devices and PINs', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform({ environment: { TRUSTED_PROXIES: '127.0.0.1,::1' } });
    frame = await makeFrame(platform);
  });
  afterAll(() => platform.close());

  const agentOf = (officeId = frame.officeId) => makeUser(platform, { role: 'agent', officeId });

  async function agentWithDevice() {
    const agent = await agentOf();
    return { agent, device: await enrolledDevice(platform, agent, frame.officeId) };
  }

  const administrator = async () => signedIn(platform, await makeUser(platform, { role: 'administrator' }));
  const wrongPinsOn = async ({ id }: KnownDevice): Promise<number> =>
    (await platform.owner.query('select sum(wrong_pins)::int as n from device_enrolments where device_id = $1', [id])).rows[0].n;
  const alertsOf = async ({ id }: KnownDevice): Promise<string[]> =>
    (await platform.owner.query('select kind from alerts where subject_id = $1', [id])).rows.map(({ kind }) => kind);

  it('a stolen telephone without the PIN: five tries, then nobody signs in on it before a full sign-in', async () => {
    const { agent, device } = await agentWithDevice();
    const colleague = await agentOf();
    await tryEnrol(await signedIn(platform, colleague), colleague.id, { key: device.key, deviceId: device.id });
    const atWork = await signedInByPin(platform, device, colleague.id);
    for (const left of [4, 3, 2, 1]) {
      const { status, body } = await tryPin(platform, device, agent.id, { pin: WRONG });
      expect([status, body.code, body.left]).toEqual([422, 'pin_refused', left]);
    }
    expect((await tryPin(platform, device, agent.id, { pin: WRONG })).body.code).toBe('device_locked');
    expect((await tryPin(platform, device, agent.id)).body.code).toBe('device_locked');
    expect((await tryPin(platform, device, colleague.id)).body.code).toBe('device_locked');
    await atWork.get('/v1/me').expect(401);
    expect(await alertsOf(device)).toEqual(['access.device_locked']);
    const { status } = await tryEnrol(await signedIn(platform, agent), agent.id, { key: device.key, deviceId: device.id });
    expect(status).toBe(201);
    expect((await tryPin(platform, device, agent.id)).status).toBe(201);
    expect((await tryPin(platform, device, colleague.id)).body.code).toBe('device_locked');
  });

  it('tries are counted over everybody on a device, and one person’s success gives another none back', async () => {
    const { agent, device } = await agentWithDevice();
    const thief = await agentOf();
    await tryEnrol(await signedIn(platform, thief), thief.id, { key: device.key, deviceId: device.id });
    for (let i = 0; i < 4; i += 1) await tryPin(platform, device, agent.id, { pin: WRONG });
    expect((await tryPin(platform, device, thief.id)).status).toBe(201);
    expect((await tryPin(platform, device, agent.id, { pin: WRONG })).body.code).toBe('device_locked');
  });

  it('the tenth wrong PIN in a day is told of, though right ones came between', async () => {
    const { agent, device } = await agentWithDevice();
    for (let i = 0; i < 10; i += 1) {
      expect(await alertsOf(device)).toEqual([]);
      await tryPin(platform, device, agent.id, { pin: WRONG });
      if (i % 3 === 2) expect((await tryPin(platform, device, agent.id)).status).toBe(201);
    }
    expect(await alertsOf(device)).toEqual(['access.many_wrong_pins']);
  });

  it('a right PIN starts the count anew for its owner', async () => {
    const { agent, device } = await agentWithDevice();
    for (let i = 0; i < 4; i += 1) await tryPin(platform, device, agent.id, { pin: WRONG });
    expect((await tryPin(platform, device, agent.id)).status).toBe(201);
    expect(await wrongPinsOn(device)).toBe(0);
  });

  it('guesses on parallel connections are five together, and the right PIN comes too late after them', async () => {
    const { agent, device } = await agentWithDevice();
    const challenges = await Promise.all(Array.from({ length: 9 }, () => challengeFor(platform, device.id)));
    const answers = await Promise.all(challenges.map((challenge) => tryPin(platform, device, agent.id, { pin: WRONG, challenge })));
    const codes = answers.map(({ body }) => body.code).sort();
    expect(codes).toEqual([...Array(5).fill('device_locked'), ...Array(4).fill('pin_refused')]);
    const { rows } = await platform.owner.query(
      `select reason, count(*)::int as n from audit_events where subject_id = $1 and command = 'access.sign_in_on_device' group by reason`,
      [agent.id],
    );
    expect(rows).toEqual([{ reason: 'wrong PIN', n: 9 }]);
    expect(await wrongPinsOn(device)).toBe(5);
    expect(await alertsOf(device)).toEqual(['access.device_locked']);
    expect((await tryPin(platform, device, agent.id)).body.code).toBe('device_locked');
  });

  it('somebody with another device learns nothing of a PIN, uses no tries up, and is slowed down', async () => {
    const { agent, device } = await agentWithDevice();
    const own = await agentWithDevice();
    const address = '198.18.7.7';
    const impostor: KnownDevice = { id: device.id, key: own.device.key };
    for (const pin of [PIN, WRONG, PIN, WRONG, WRONG, WRONG, WRONG]) {
      const { status, body } = await tryPin(platform, impostor, agent.id, { pin, address });
      expect([status, body.code]).toEqual([401, 'device_refused']);
    }
    const onTheirOwn = await tryPin(platform, own.device, agent.id, { address });
    expect([onTheirOwn.status, onTheirOwn.body.code]).toEqual([401, 'device_refused']);
    expect(await wrongPinsOn(device)).toBe(0);
    const given = { pin: WRONG, address, challenge: Buffer.alloc(32, 1).toString('base64url') };
    const many = await Promise.all(Array.from({ length: 60 }, () => tryPin(platform, impostor, agent.id, given)));
    expect(many.some(({ status }) => status === 429)).toBe(true);
    const challenge = await challengeFor(platform, device.id);
    expect((await tryPin(platform, device, agent.id, { address, challenge })).status).toBe(201);
  });

  it('a device that does not exist is asked like any other, and nothing is kept of it', async () => {
    const { agent, device } = await agentWithDevice();
    const count = async () => (await platform.owner.query('select count(*)::int as n from challenges')).rows[0].n;
    const before = await count();
    const unknown: KnownDevice = { id: newId(), key: newDeviceKey() };
    expect(await challengeFor(platform, unknown.id)).toMatch(/^[\w-]{43}$/);
    expect(await count()).toBe(before);
    const { rowCount } = await platform.owner.query('select from audit_events where subject_id = $1', [unknown.id]);
    expect(rowCount).toBe(0);
    const refusals = [
      await tryPin(platform, unknown, agent.id),
      await tryPin(platform, { ...device, key: unknown.key }, agent.id),
      await tryPin(platform, device, newId()),
      await tryPin(platform, device, agent.id, { challenge: Buffer.alloc(32, 2).toString('base64url') }),
    ];
    const seen = refusals.map(({ status, body }) => ({ status, body: { ...body, requestId: '' } }));
    for (const refusal of seen) expect(refusal).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ status: 401, body: { code: 'device_refused' } });
  });

  it('a challenge is answered once, in time, for what and on which it was given', async () => {
    const { agent, device } = await agentWithDevice();
    const other = await agentWithDevice();
    const challenge = await challengeFor(platform, device.id);
    const both = await Promise.all([1, 2, 3].map(() => tryPin(platform, device, agent.id, { challenge })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
    expect((await tryPin(platform, device, agent.id, { challenge: await challengeFor(platform, other.device.id) })).status).toBe(401);
    expect((await tryPin(platform, device, agent.id, { challenge: await challengeFor(platform, device.id, 'step_up') })).status).toBe(401);
    const old = await challengeFor(platform, device.id);
    platform.clock.skip(2 * MINUTE);
    expect((await tryPin(platform, device, agent.id, { challenge: old, pin: WRONG })).status).toBe(401);
    expect(await wrongPinsOn(device)).toBe(0);
  });

  it('a signature counts for one site, purpose, device and person', async () => {
    const { agent, device } = await agentWithDevice();
    const colleague = await agentOf();
    await tryEnrol(await signedIn(platform, colleague), colleague.id, { key: device.key, deviceId: device.id });
    const right = { purpose: 'sign_in', deviceId: device.id, userId: agent.id } as const;
    const wrong = [
      { ...right, origin: 'https://sanad.example.com' },
      { ...right, purpose: 'step_up' as const },
      { ...right, purpose: 'enrol' as const },
      { ...right, deviceId: newId() },
      { ...right, userId: colleague.id },
    ];
    for (const statement of wrong) {
      const challenge = await challengeFor(platform, device.id);
      const signature = signatureOf(device.key, { ...statement, challenge });
      expect((await tryPin(platform, device, agent.id, { challenge, signature })).body.code).toBe('device_refused');
    }
    expect(await wrongPinsOn(device)).toBe(0);
  });

  it('a device that is revoked in the middle of a session ends it at once, with its PINs', async () => {
    const { agent, device } = await agentWithDevice();
    const session = await signedInByPin(platform, device, agent.id);
    await session.get('/v1/me').expect(200);
    const { body } = await (await administrator()).post(`/v1/devices/${device.id}/revoke`, { reason: 'Stolen' }).expect(200);
    expect(body).toMatchObject({ revokedAt: expect.any(String), users: [] });
    await session.get('/v1/me').expect(401);
    expect((await tryPin(platform, device, agent.id)).body.code).toBe('device_refused');
    const again = { key: device.key, deviceId: device.id };
    expect((await tryEnrol(await signedIn(platform, agent), agent.id, again)).status).toBe(404);
    await (await administrator()).post(`/v1/devices/${device.id}/revoke`, { reason: 'Stolen' }).expect(409);
    const { rows } = await platform.owner.query('select pin_hash from device_enrolments where device_id = $1', [device.id]);
    expect(rows).toEqual([{ pin_hash: null }]);
  });

  it('a supervisor revokes at their own office alone, and elsewhere sees nothing', async () => {
    const { device } = await agentWithDevice();
    const elsewhere = await makeFrame(platform);
    const supervisor = await makeUser(platform, { role: 'office_supervisor', officeId: elsewhere.officeId });
    const session = await signedIn(platform, supervisor);
    await session.post(`/v1/devices/${device.id}/revoke`, { reason: 'Spite' }).expect(404);
    await session.post(`/v1/devices/${newId()}/revoke`, { reason: 'Spite' }).expect(404);
    expect((await session.get('/v1/devices').expect(200)).body.items).toEqual([]);
  });

  it('an agent whose role has ended, or who has moved to another office, is out at once on the old device', async () => {
    const moved = await agentWithDevice();
    const session = await signedInByPin(platform, moved.device, moved.agent.id);
    const elsewhere = await makeFrame(platform);
    await platform.owner.query('update role_grants set ends_at = $2 where user_id = $1', [moved.agent.id, platform.clock.now()]);
    await session.get('/v1/me').expect(401);
    expect((await tryPin(platform, moved.device, moved.agent.id)).body.code).toBe('device_refused');
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, office_id, granted_by, granted_at) values ($1, $2, 'agent', $3, $4, $5)`,
      [newId(), moved.agent.id, elsewhere.officeId, system.id, platform.clock.now()],
    );
    await session.get('/v1/me').expect(401);
    const { status, body } = await tryPin(platform, moved.device, moved.agent.id, { pin: WRONG });
    expect([status, body.code]).toEqual([401, 'device_refused']);
    expect(await wrongPinsOn(moved.device)).toBe(0);
    const disabled = await agentWithDevice();
    const open = await signedInByPin(platform, disabled.device, disabled.agent.id);
    await (await administrator()).post(`/v1/users/${disabled.agent.id}/disable`).expect(200);
    await open.get('/v1/me').expect(401);
    expect((await tryPin(platform, disabled.device, disabled.agent.id)).body.code).toBe('device_refused');
  });

  it('a device whose clock is wrong signs in all the same: what counts is ours', async () => {
    const { agent, device } = await agentWithDevice();
    const challenge = await challengeFor(platform, device.id);
    platform.clock.skip(2 * MINUTE - 5_000);
    expect((await tryPin(platform, device, agent.id, { challenge })).status).toBe(201);
  });

  it('a wrong PIN for a fresh second factor counts like any other, and the last locks the session out', async () => {
    const { agent, device } = await agentWithDevice();
    const session = await signedInByPin(platform, device, agent.id);
    for (let i = 1; i <= 5; i += 1) {
      const challenge = await challengeFor(platform, device.id, 'step_up');
      const signature = signatureOf(device.key, { purpose: 'step_up', deviceId: device.id, userId: agent.id, challenge });
      const { body } = await session.post('/v1/sessions/current/second-factor', { device: { challenge, signature, pin: WRONG } });
      expect(body.code).toBe(i < 5 ? 'pin_refused' : 'device_locked');
    }
    await session.get('/v1/me').expect(401);
  });

  it('enrolling with a key that the device has not, or that is none, makes nothing known', async () => {
    const agent = await agentOf();
    const session = await signedIn(platform, agent);
    const { body: asked } = await session.post('/v1/device-enrolments/challenges', {}).expect(200);
    const path = `/v1/devices/${asked.deviceId}/enrolments`;
    const [key, other] = [newDeviceKey(), newDeviceKey()];
    const statement = { purpose: 'enrol', deviceId: asked.deviceId, userId: agent.id, challenge: asked.challenge } as const;
    const signature = signatureOf(key, statement);
    const enrolment = (publicKey: object) => ({
      challenge: asked.challenge,
      signature,
      pin: PIN,
      device: { officeId: frame.officeId, name: 'Counter 1', publicKey },
    });
    expect((await session.post(path, enrolment(other.publicKey)).expect(401)).body.code).toBe('device_refused');
    const offCurve = { ...key.publicKey, x: Buffer.alloc(32, 3).toString('base64url') };
    expect((await session.post(path, enrolment(offCurve)).expect(422)).body.errors[0].pointer).toBe('/body/device/publicKey');
    await session.post(path, enrolment({ ...key.publicKey, d: 'AA' })).expect(400);
    const { rows } = await platform.owner.query('select from devices where id = $1', [asked.deviceId]);
    expect(rows).toEqual([]);
    await session.post(path, enrolment(key.publicKey)).expect(201);
    const { body } = await session.post(path, enrolment(key.publicKey)).expect(409);
    expect(body.detail).toContain('déjà connu');
  });

  it('the database keeps locks, ends and keys as they are, whoever asks', async () => {
    const { agent, device } = await agentWithDevice();
    for (let i = 0; i < 5; i += 1) await tryPin(platform, device, agent.id, { pin: WRONG });
    const application = await platform.applicationClient();
    const refuses = (statement: string, expected: object) =>
      expect(application.query(statement, [device.id])).rejects.toMatchObject(expected);
    await refuses('update device_enrolments set locked_at = null where device_id = $1', { constraint: 'device_enrolments_over' });
    await refuses('update device_enrolments set wrong_pins = 0 where device_id = $1', { constraint: 'device_enrolments_over' });
    const open = await agentWithDevice();
    await expect(
      application.query('update device_enrolments set wrong_pins = 5 where device_id = $1', [open.device.id]),
    ).rejects.toMatchObject({ constraint: 'device_enrolments_locked_after_five' });
    await refuses('update device_keys set public_key = public_key where device_id = $1', { code: '42501' });
    await refuses('delete from device_keys where device_id = $1', { code: '42501' });
    await refuses('update devices set key_version = 7 where id = $1', { constraint: 'devices_key' });
    await refuses('update devices set office_id = office_id where id = $1', { code: '42501' });
    await (await administrator()).post(`/v1/devices/${device.id}/revoke`, { reason: 'Stolen' }).expect(200);
    await refuses('update devices set revoked_at = null, revoked_by = null, revocation_reason = null where id = $1', {
      constraint: 'devices_over',
    });
    const session = `insert into sessions (id, token_hash, user_id, created_at, expires_at, kind) select gen_random_uuid(), '\\x00', user_id, now(), now() + interval '1 day', 'device' from device_enrolments where device_id = $1`;
    await refuses(session, { constraint: 'sessions_of_device' });
  });
});
