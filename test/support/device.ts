import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import supertest from 'supertest';
import { type DeviceStatement, statementBytes } from '../../src/access/devices/signature.ts';
import type { TestPlatform } from './platform.ts';
import { type KnownUser, signedIn, withToken } from './sign-in.ts';

type Session = ReturnType<typeof withToken>;

/** A device's key pair, as a browser makes one. */
export interface DeviceKey {
  readonly privateKey: KeyObject;
  readonly publicKey: object;
}

export function newDeviceKey(): DeviceKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  return { privateKey, publicKey: { kty, crv, x, y } };
}

/** What a device signs, by default as it must. */
export function signatureOf({ privateKey }: DeviceKey, statement: Omit<DeviceStatement, 'origin'> & { origin?: string }): string {
  const bytes = statementBytes({ origin: 'http://localhost:8080', ...statement });
  return sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

/** A device that is known, with its key. */
export interface KnownDevice {
  readonly id: string;
  readonly key: DeviceKey;
}

export const PIN = '385172';

/** Asks for a challenge and answers it. @returns the answer to the enrolment */
export async function tryEnrol(
  session: Session,
  userId: string,
  { key, deviceId, officeId, pin = PIN }: { key: DeviceKey; deviceId?: string; officeId?: string; pin?: string },
) {
  const { body } = await session.post('/v1/device-enrolments/challenges', deviceId ? { deviceId } : {});
  if (!body.challenge) return { status: 401, body, deviceId: '' };
  const { challenge } = body;
  const id: string = body.deviceId;
  const signature = signatureOf(key, { purpose: 'enrol', deviceId: id, userId, challenge });
  const device = officeId ? { device: { officeId, name: 'Counter 1', publicKey: key.publicKey } } : {};
  const answer = await session.post(`/v1/devices/${id}/enrolments`, { challenge, signature, pin, ...device });
  return { status: answer.status, body: answer.body, deviceId: id };
}

/** Makes a device known by somebody who signs in in full on it. */
export async function enrolledDevice(platform: TestPlatform, user: KnownUser, officeId: string): Promise<KnownDevice> {
  const key = newDeviceKey();
  const { status, body, deviceId } = await tryEnrol(await signedIn(platform, user), user.id, { key, officeId });
  if (status !== 201) throw new Error(`enrolment answers ${status}: ${JSON.stringify(body)}`);
  return { id: deviceId, key };
}

/** A challenge for a device. */
export async function challengeFor(
  platform: TestPlatform,
  deviceId: string,
  purpose: 'sign_in' | 'step_up' = 'sign_in',
  address = '127.0.0.1',
) {
  const { body } = await supertest(platform.app.http)
    .post(`/v1/devices/${deviceId}/challenges`)
    .set('X-Forwarded-For', address)
    .send({ purpose })
    .expect(200);
  return body.challenge as string;
}

/** Tries to sign in with a PIN; right unless told otherwise. */
export async function tryPin(
  platform: TestPlatform,
  device: KnownDevice,
  userId: string,
  given: { pin?: string; challenge?: string; signature?: string; address?: string } = {},
) {
  const challenge = given.challenge ?? (await challengeFor(platform, device.id, 'sign_in', given.address));
  const signature = given.signature ?? signatureOf(device.key, { purpose: 'sign_in', deviceId: device.id, userId, challenge });
  return supertest(platform.app.http)
    .post(`/v1/devices/${device.id}/sessions`)
    .set('X-Forwarded-For', given.address ?? '127.0.0.1')
    .send({ userId, challenge, signature, pin: given.pin ?? PIN });
}

/** Signs in with a PIN. @returns requests in the new session */
export async function signedInByPin(platform: TestPlatform, device: KnownDevice, userId: string) {
  const { status, body } = await tryPin(platform, device, userId);
  if (status !== 201) throw new Error(`signing in answers ${status}: ${JSON.stringify(body)}`);
  return { ...withToken(platform, body.token), answer: body };
}
