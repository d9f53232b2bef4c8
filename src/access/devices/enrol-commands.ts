import { type Actor, brokenConstraint, command, newId, type Problem, problem, type Tx } from '../../platform/index.ts';
import { boundTo, useChallenge } from '../challenges.ts';
import { sessionOf } from '../own-session.ts';
import { accessProblem } from '../problems.ts';
import type { RelyingParty } from '../relying-party.ts';
import { lockSession } from '../sessions.ts';
import { say } from '../words.ts';
import { sealPin } from './pin.ts';
import { ENROLMENT_IDLE_MS, grantsOnDevice, isWeakPin } from './rules.ts';
import { isDeviceKey, isSigned } from './signature.ts';
import { enrol, findSeat, insertDevice, lockDevice, type NewDevice, replaceKey } from './store.ts';
import type { DevicePublicKey, DevicePurpose, SignedChallenge } from './types.ts';

interface Enrolling extends SignedChallenge {
  readonly party: RelyingParty;
  readonly deviceId: string;
  readonly pin: string;
  /** For a device that is not known yet. */
  readonly device?: Omit<NewDevice, 'id'> | undefined;
}

/** Somebody's place on a device. */
export interface Enrolled {
  readonly deviceId: string;
  readonly officeId: string;
  readonly userId: string;
  /** When it ends unless it is used before. */
  readonly expiresAt: string;
}

/**
 * Lets somebody who is signed in in full sign in on a device with a PIN from now on; a first user makes the device known. Whoever is on it
 * already chooses a new PIN by this, and is no longer locked.
 * @throws unprocessable when the PIN is weak, or the key or the office is none; device_refused when the device has not signed as asked, or too
 *   late; not_found for an office where the user has no role; conflict for a device that is known already
 */
export const enrolOnDevice = command<Enrolling, Enrolled>({
  name: 'access.enrol_on_device',
  scope: () => undefined,
  async run({ tx, actor, now, keyRing }, { party, deviceId, pin, device, ...signed }) {
    if (isWeakPin(pin, now)) {
      const fault = { pointer: '/body/pin', detail: say('pin_pattern') };
      throw problem.unprocessable(say('pin_guessable'), {}, [fault]);
    }
    const officeId = device ? await makeKnown(tx, actor, now, { id: deviceId, ...device }) : await lockDevice(tx, deviceId);
    if (!officeId || grantsOnDevice(actor.grants, officeId).length === 0) throw problem.not_found('There is no such record.');
    const subject = { type: 'device', id: deviceId };
    // Whoever ends the sessions waits here, and ends this enrolment after them.
    await lockSession(tx, sessionOf(actor));
    const asked = { purpose: 'device_enrolment', boundTo: boundTo(keyRing, 'session', `${sessionOf(actor)}/${deviceId}`) } as const;
    if (!(await isAnswer(tx, actor, party, deviceId, 'enrol', signed))) throw unsigned();
    if (!(await useChallenge(tx, now, asked, Buffer.from(signed.challenge, 'base64url')))) throw unsigned();
    const id = newId();
    await enrol(tx, { id, deviceId, userId: actor.id, pinHash: await sealPin(keyRing, id, pin) }, now);
    const expiresAt = new Date(now.getTime() + ENROLMENT_IDLE_MS).toISOString();
    const result: Enrolled = { deviceId, officeId, userId: actor.id, expiresAt };
    return { result, subject, scope: { office: officeId }, after: { ...result, enrolment: id } };
  },
});

/**
 * Gives a device another key, which its old one and the new one both sign for. What was signed under the old one can still be checked.
 * @returns the version of the new key
 * @throws as enrolling does
 */
export const replaceDeviceKey = command<
  SignedChallenge & { party: RelyingParty; deviceId: string; publicKey: DevicePublicKey; newSignature: string },
  { deviceId: string; keyVersion: number }
>({
  name: 'access.replace_device_key',
  scope: () => undefined,
  async run({ tx, actor, now, keyRing }, { party, deviceId, publicKey, newSignature, ...signed }) {
    const officeId = await lockDevice(tx, deviceId);
    if (!officeId || grantsOnDevice(actor.grants, officeId).length === 0) throw problem.not_found('There is no such record.');
    if (!isDeviceKey(publicKey)) throw noKey('/body/publicKey');
    const asked = { purpose: 'device_enrolment', boundTo: boundTo(keyRing, 'session', `${sessionOf(actor)}/${deviceId}`) } as const;
    const statement = { origin: party.origin, purpose: 'replace_key', deviceId, userId: actor.id, challenge: signed.challenge } as const;
    const isBoth =
      isSigned(publicKey, statement, { signature: newSignature }) && (await isAnswer(tx, actor, party, deviceId, 'replace_key', signed));
    if (!isBoth || !(await useChallenge(tx, now, asked, Buffer.from(signed.challenge, 'base64url')))) throw unsigned();
    const keyVersion = await replaceKey(tx, deviceId, publicKey, actor.id, now);
    const result = { deviceId, keyVersion };
    return { result, subject: { type: 'device', id: deviceId }, scope: { office: officeId }, after: { ...result, publicKey } };
  },
});

const unsigned = (): Problem => accessProblem.device_refused(say('challenge_refused'));

const noKey = (pointer: string): Problem =>
  problem.unprocessable(say('device_key_unfit'), {}, [{ pointer, detail: say('device_key_off_curve') }]);

async function isAnswer(
  tx: Tx,
  actor: Actor,
  { origin }: RelyingParty,
  deviceId: string,
  purpose: DevicePurpose,
  signed: SignedChallenge,
): Promise<boolean> {
  const seat = await findSeat(tx, deviceId, actor.id);
  return (
    seat !== undefined && isSigned(seat.publicKey, { origin, purpose, deviceId, userId: actor.id, challenge: signed.challenge }, signed)
  );
}

async function makeKnown(tx: Tx, actor: Actor, now: Date, device: NewDevice): Promise<string> {
  if (!isDeviceKey(device.publicKey)) throw noKey('/body/device/publicKey');
  try {
    await insertDevice(tx, device, actor.id, now);
    return device.officeId;
  } catch (error) {
    if (brokenConstraint(error) === 'devices_pkey') throw problem.conflict(say('device_known'));
    if (brokenConstraint(error) === 'devices_office_id_fkey') throw problem.not_found('There is no such record.');
    throw error;
  }
}
