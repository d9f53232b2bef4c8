import { type Ground, networkOf, problem, type Routes } from '../../platform/index.ts';
import type { SignInDoor } from '../commands/sign-in.ts';
import { handOver, sessionFor } from '../hand-over.ts';
import type { SessionRules } from '../session-rules.ts';
import { system } from '../system.ts';
import { say } from '../words.ts';
import { askDevice, askToEnrol } from './challenge-commands.ts';
import { enrolOnDevice, replaceDeviceKey } from './enrol-commands.ts';
import { listDevices } from './queries.ts';
import { revokeDevice } from './revoke-command.ts';
import { challengesOfDevice, challengesOfNetwork } from './rules.ts';
import { signInOnDevice } from './sign-in.ts';

export type DeviceOperation =
  | 'askToEnrolOnDevice'
  | 'enrolOnDevice'
  | 'replaceDeviceKey'
  | 'askDevice'
  | 'signInOnDevice'
  | 'listDevices'
  | 'revokeDevice';

export function deviceRoutes(ground: Ground, door: SignInDoor, rules: SessionRules): Routes<DeviceOperation> {
  const { db, execute, keyRing } = ground;
  const { party, limits } = door;
  return {
    askToEnrolOnDevice: ({ body, actor, requestId }) => execute(askToEnrol, body, { actor, requestId }),
    enrolOnDevice: ({ params, body, ...call }) => execute(enrolOnDevice, { party, ...params, ...body }, call),
    replaceDeviceKey: ({ params, body, ...call }) => execute(replaceDeviceKey, { party, ...params, ...body }, call),
    askDevice: async ({ params, body, address, requestId }) => {
      await limits.take(challengesOfNetwork, networkOf(address));
      await limits.take(challengesOfDevice, `${params.deviceId}/${networkOf(address)}`);
      return askDevice(ground, { ...params, ...body }, { actor: system, requestId });
    },
    async signInOnDevice({ params, body: { transport = 'bearer', ...given }, ...call }) {
      if (transport === 'cookie' && !call.isFromOwnPage) throw problem.cross_site(say('cookie_elsewhere'));
      const begun = await signInOnDevice(ground, door, { ...params, ...given }, call, sessionFor(call, transport, rules, keyRing));
      return handOver(begun, transport, rules, keyRing);
    },
    listDevices: ({ actor, query }) => listDevices(db, actor, query),
    revokeDevice: ({ params, body, ...call }) => execute(revokeDevice, { ...params, ...body }, call),
  };
}
