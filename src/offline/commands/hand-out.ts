import { command, problem } from '../../platform/index.ts';
import { offlineProblem } from '../problems.ts';
import { findDevice } from '../store/devices.ts';
import { markOut, packById, scopeOfPack } from '../store/packs.ts';
import type { OfflinePack } from '../types.ts';
import { say, stateSaid } from '../words.ts';

/**
 * Takes a pack out to its device. From then on the device may have paid.
 * @throws not_found to anybody but the agent; pack_in_other_state; device_without_keys when the device was taken out of service meanwhile
 */
export const handOutPack = command<{ packId: string }, OfflinePack>({
  name: 'offline.hand_out',
  scope: (db, { packId }) => scopeOfPack(db, packId),
  async run({ tx, actor, now }, { packId }) {
    const before = await packById(tx, packId);
    if (before.agentId !== actor.id) throw problem.not_found('There is no such record.');
    const device = await findDevice(tx, before.deviceId);
    if (!device || device.keyVersion === null) throw offlineProblem.device_without_keys(say('device_out_of_service'));
    const { keyVersion, signingVersion } = device;
    if (!(await markOut(tx, packId, { by: actor.id, at: now, keyVersion, signingVersion }))) throw inOtherState(before);
    const after = await packById(tx, packId);
    return { result: after, subject: { type: 'offline_pack', id: packId }, before, after };
  },
});

export const inOtherState = ({ state }: Pick<OfflinePack, 'state'>) =>
  offlineProblem.pack_in_other_state(say('pack_in_other_state', { state: stateSaid[state] }), { state });
