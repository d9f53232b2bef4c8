import { brokenConstraint, command, problem } from '../../platform/index.ts';
import { enrolmentText, isSignedBy, type PublicJwk } from '../device/keys.ts';
import { findDevice, insertKeys } from '../store/devices.ts';
import { say } from '../words.ts';

interface NewKeys {
  readonly deviceId: string;
  readonly version: number;
  readonly recipient: string;
  readonly agreementKey: PublicJwk;
  readonly signature: string;
}

/**
 * Enrols the keys that packs are locked with for a device, for which the device itself has signed. A pack that is out stays as it is.
 * @throws not_found for a device that is unknown or revoked; unprocessable when the key is none, or the device has not signed for it; conflict for another
 *   version than the next
 */
export const enrolKeys = command<NewKeys, { deviceId: string; version: number }>({
  name: 'offline.enrol_keys',
  async scope(db, { deviceId }) {
    const device = await findDevice(db, deviceId);
    if (!device) throw problem.not_found('There is no such record.');
    return { office: device.officeId };
  },
  async run({ tx, actor, now }, { deviceId, version, recipient, agreementKey, signature }) {
    const device = await findDevice(tx, deviceId);
    if (!device) throw problem.not_found('There is no such record.');
    if (!(await isPoint(agreementKey)))
      throw problem.unprocessable(say('device_keys_unfit'), {}, [{ pointer: '/agreementKey', detail: say('device_keys_off_curve') }]);
    if (!(await isSignedBy([device.signingKey], enrolmentText(deviceId, version, recipient, agreementKey), signature)))
      throw problem.unprocessable(say('device_keys_unsigned'), {}, [{ pointer: '/signature', detail: say('device_keys_sign') }]);
    const next = (device.keyVersion ?? 0) + 1;
    if (version !== next) throw problem.conflict(say('device_keys_version', { next }));
    try {
      await insertKeys(tx, { deviceId, version, recipient, agreementKey, signingVersion: device.signingVersion, signature }, actor.id, now);
    } catch (error) {
      if (brokenConstraint(error) === 'offline_device_keys_pkey') throw problem.conflict(say('device_keys_enrolled'));
      throw error;
    }
    const result = { deviceId, version };
    return { result, subject: { type: 'device', id: deviceId }, after: { ...result, recipient, agreementKey } };
  },
});

const isPoint = (jwk: PublicJwk): Promise<boolean> =>
  crypto.subtle.importKey('jwk', { ...jwk }, { name: 'ECDH', namedCurve: 'P-256' }, false, []).then(
    () => true,
    () => false,
  );
