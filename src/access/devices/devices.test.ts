import { randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  challengeFor,
  enrolledDevice,
  newDeviceKey,
  PIN,
  signatureOf,
  signedInByPin,
  tryEnrol,
  tryPin,
} from '../../../test/support/device.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeUser, signedIn, withToken } from '../../../test/support/sign-in.ts';
import { KeyRing } from '../../platform/index.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('a PIN on an enrolled device', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
  });
  afterAll(() => platform.close());

  const agentOf = (officeId = frame.officeId) => makeUser(platform, { role: 'agent', officeId });

  it('signs an agent in for a working day, as long as the counter is not left alone', async () => {
    const agent = await agentOf();
    const device = await enrolledDevice(platform, agent, frame.officeId);
    const session = await signedInByPin(platform, device, agent.id);
    expect(session.answer.user).toMatchObject({ id: agent.id, grants: [{ role: 'agent', officeId: frame.officeId }] });
    const { rows } = await platform.owner.query(
      `select s.kind, s.idle_seconds, e.device_id from sessions s join device_enrolments e on e.id = s.device_enrolment_id where s.user_id = $1`,
      [agent.id],
    );
    expect(rows).toEqual([{ kind: 'device', idle_seconds: 900, device_id: device.id }]);
    const until = platform.clock.now().getTime() + 8 * 60 * MINUTE;
    expect(Math.abs(new Date(session.answer.expiresAt).getTime() - until)).toBeLessThan(MINUTE);
    platform.clock.skip(15 * MINUTE);
    await session.get('/v1/me').expect(401);
  });

  it('leaves behind what is not done at a counter', async () => {
    const user = await makeUser(platform, { role: 'office_supervisor', officeId: frame.officeId }, { role: 'enrolment_officer' });
    const device = await enrolledDevice(platform, user, frame.officeId);
    const full = await signedIn(platform, user);
    await full.post('/v1/beneficiaries/search', { name: 'Amina' });
    const session = await signedInByPin(platform, device, user.id);
    const { body: me } = await session.get('/v1/me').expect(200);
    expect(me.grants).toMatchObject([{ role: 'office_supervisor' }]);
    await session.get(`/v1/programmes/${frame.programmeId}/beneficiaries`).expect(403);
    await full.get(`/v1/programmes/${frame.programmeId}/beneficiaries`).expect(200);
  });

  it('is of several people on one device, each with their own', async () => {
    const [one, other, third] = [await agentOf(), await agentOf(), await agentOf()];
    const device = await enrolledDevice(platform, one, frame.officeId);
    const pin = '904762';
    const { status } = await tryEnrol(await signedIn(platform, other), other.id, { key: device.key, deviceId: device.id, pin });
    expect(status).toBe(201);
    expect((await tryPin(platform, device, one.id)).status).toBe(201);
    expect((await tryPin(platform, device, other.id, { pin })).status).toBe(201);
    expect((await tryPin(platform, device, other.id)).status).toBe(422);
    expect((await tryPin(platform, device, third.id)).status).toBe(401);
  });

  it('is chosen again by enrolling again, and the one before is good no more', async () => {
    const agent = await agentOf();
    const device = await enrolledDevice(platform, agent, frame.officeId);
    const session = await signedInByPin(platform, device, agent.id);
    const again = { key: device.key, deviceId: device.id, pin: '485297' };
    expect((await tryEnrol(await signedIn(platform, agent), agent.id, again)).status).toBe(201);
    await session.get('/v1/me').expect(401);
    expect((await tryPin(platform, device, agent.id)).status).toBe(422);
    expect((await tryPin(platform, device, agent.id, { pin: '485297' })).status).toBe(201);
  });

  it('is enrolled at an office where one works, with a PIN that is not guessed at once, by a fresh second factor', async () => {
    const agent = await agentOf();
    const elsewhere = await makeFrame(platform);
    const key = newDeviceKey();
    const session = await signedIn(platform, agent);
    const weak = await tryEnrol(session, agent.id, { key, officeId: frame.officeId, pin: '123456' });
    expect([weak.status, weak.body.errors[0].pointer]).toEqual([422, '/body/pin']);
    expect((await tryEnrol(session, agent.id, { key, officeId: elsewhere.officeId })).status).toBe(404);
    expect((await tryEnrol(session, agent.id, { key })).status).toBe(404);
    const officer = await makeUser(platform, { role: 'enrolment_officer' });
    expect((await tryEnrol(await signedIn(platform, officer), officer.id, { key, officeId: frame.officeId })).body.code).toBe('forbidden');
    const field = await makeUser(platform, { role: 'field_officer', programmeId: frame.programmeId });
    expect((await tryEnrol(await signedIn(platform, field), field.id, { key, officeId: frame.officeId })).status).toBe(201);
    platform.clock.skip(5 * MINUTE);
    expect((await tryEnrol(session, agent.id, { key, officeId: frame.officeId })).body.code).toBe('step_up_required');
  });

  it('is forgotten after ninety days without use, and not while it is used', async () => {
    const agent = await agentOf();
    const device = await enrolledDevice(platform, agent, frame.officeId);
    platform.clock.skip(89 * DAY);
    expect((await tryPin(platform, device, agent.id)).status).toBe(201);
    platform.clock.skip(89 * DAY);
    expect((await tryPin(platform, device, agent.id)).status).toBe(201);
    platform.clock.skip(90 * DAY);
    expect((await tryPin(platform, device, agent.id)).body.code).toBe('device_refused');
  });

  it('is a second factor for what says so, and for nothing else', async () => {
    const supervisor = await makeUser(platform, { role: 'office_supervisor', officeId: frame.officeId });
    const device = await enrolledDevice(platform, supervisor, frame.officeId);
    const other = await enrolledDevice(platform, await agentOf(), frame.officeId);
    const session = await signedInByPin(platform, device, supervisor.id);
    platform.clock.skip(6 * MINUTE);
    const reason = 'Left on a bus';
    expect((await session.post(`/v1/devices/${other.id}/revoke`, { reason }).expect(401)).body.code).toBe('step_up_required');
    await session.post('/v1/sessions/current/second-factor', { totp: '000000' }).expect(422);
    const challenge = await challengeFor(platform, device.id, 'step_up');
    const signature = signatureOf(device.key, { purpose: 'step_up', deviceId: device.id, userId: supervisor.id, challenge });
    const { body } = await session.post('/v1/sessions/current/second-factor', { device: { challenge, signature, pin: PIN } }).expect(200);
    const fresh = withToken(platform, body.token);
    await fresh.post(`/v1/devices/${other.id}/revoke`, { reason }).expect(200);
    for (const path of ['/v1/me/passkeys/options', '/v1/device-enrolments/challenges']) {
      expect((await fresh.post(path, {}).expect(401)).body).toMatchObject({ code: 'step_up_required', detail: /PIN is not enough/ });
    }
    const full = await signedIn(platform, supervisor);
    await full.post('/v1/sessions/current/second-factor', { device: { challenge, signature, pin: PIN } }).expect(422);
  });

  it('shows supervisors the devices of their office, with who uses them', async () => {
    const place = await makeFrame(platform);
    const supervisor = await makeUser(platform, { role: 'office_supervisor', officeId: place.officeId });
    const agent = await agentOf(place.officeId);
    const device = await enrolledDevice(platform, agent, place.officeId);
    await enrolledDevice(platform, await agentOf(), frame.officeId);
    const session = await signedIn(platform, supervisor);
    const { body } = await session.get('/v1/devices').expect(200);
    expect(body).toMatchObject({
      items: [
        { id: device.id, officeId: place.officeId, name: 'Counter 1', keyVersion: 1, revokedAt: null, users: [{ userId: agent.id }] },
      ],
      nextCursor: null,
    });
    await (await signedIn(platform, agent)).get('/v1/devices').expect(403);
    const administrator = await signedIn(platform, await makeUser(platform, { role: 'administrator' }));
    const { body: all } = await administrator.get(`/v1/devices?officeId=${place.officeId}`).expect(200);
    expect(all.items).toHaveLength(1);
  });

  it('goes on with another key of the device, and the earlier one is kept', async () => {
    const agent = await agentOf();
    const device = await enrolledDevice(platform, agent, frame.officeId);
    const session = await signedIn(platform, agent);
    const next = newDeviceKey();
    const replace = async (old = device.key, signer = next) => {
      const { body } = await session.post('/v1/device-enrolments/challenges', { deviceId: device.id }).expect(200);
      const statement = { purpose: 'replace_key', deviceId: device.id, userId: agent.id, challenge: body.challenge } as const;
      const proof = { signature: signatureOf(old, statement), newSignature: signatureOf(signer, statement) };
      return session.post(`/v1/devices/${device.id}/keys`, { challenge: body.challenge, publicKey: next.publicKey, ...proof });
    };
    expect((await replace(newDeviceKey())).status).toBe(401);
    expect((await replace(device.key, newDeviceKey())).status).toBe(401);
    expect(await replace().then(({ status, body }) => [status, body.keyVersion])).toEqual([201, 2]);
    expect((await tryPin(platform, device, agent.id)).status).toBe(401);
    expect((await tryPin(platform, { id: device.id, key: next }, agent.id)).status).toBe(201);
    const { rows } = await platform.owner.query('select version, public_key from device_keys where device_id = $1 order by version', [
      device.id,
    ]);
    expect(rows).toEqual([
      { version: 1, public_key: device.key.publicKey },
      { version: 2, public_key: next.publicKey },
    ]);
  });

  it('is not in a stolen database: what is kept of it can be tried with the master keys alone', async () => {
    const agent = await agentOf();
    const device = await enrolledDevice(platform, agent, frame.officeId);
    const { rows } = await platform.owner.query('select id, pin_hash from device_enrolments where device_id = $1', [device.id]);
    const [{ id, pin_hash: kept }] = rows;
    expect(kept.toString('latin1')).not.toContain('argon2');
    await expect(verify(kept.toString('latin1'), PIN)).rejects.toThrow();
    const thief = new KeyRing(new Map([[1, randomBytes(32)]]), randomBytes(32));
    expect(() => thief.open('device-pin', `device-enrolment/${id}`, kept)).toThrow();
    const hash = platform.app.keyRing.open('device-pin', `device-enrolment/${id}`, kept);
    expect(await verify(hash, PIN)).toBe(true);
    const { rows: texts } = await platform.owner.query(
      'select row_to_json(d)::text as text from device_keys d union all select row_to_json(e)::text from audit_events e union all select row_to_json(k)::text from idempotency_keys k',
    );
    const traces = [...platform.log, ...texts.map(({ text }) => text)].join('\n');
    expect(traces).toContain(device.id);
    for (const secret of [`"${PIN}"`, '"d":']) expect(traces).not.toContain(secret);
  });
});
