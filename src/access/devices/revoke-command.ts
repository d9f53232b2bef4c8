import { command, problem } from '../../platform/index.ts';
import { say } from '../words.ts';
import { findDevice } from './list-store.ts';
import { markRevoked } from './store.ts';
import type { Device } from './types.ts';

/**
 * Takes a device out of service at once, with everybody's PIN and every session on it. Its keys are kept, to check what it has signed.
 * @throws not_found; conflict when that has happened already
 */
export const revokeDevice = command<{ deviceId: string; reason: string }, Device>({
  name: 'access.revoke_device',
  async scope(db, { deviceId }) {
    const device = await findDevice(db, deviceId);
    if (!device) throw problem.not_found('There is no such record.');
    return { office: device.officeId };
  },
  async run({ tx, actor, now }, { deviceId, reason }) {
    const before = await findDevice(tx, deviceId);
    if (!(await markRevoked(tx, deviceId, actor.id, reason, now))) throw problem.conflict(say('device_revoked'));
    const device = await findDevice(tx, deviceId);
    if (!device) throw problem.internal_error('The device has gone.');
    return { result: device, subject: { type: 'device', id: deviceId }, before, after: device, reason };
  },
});
