import { passerBy } from '../../access/index.ts';
import { type Ground, hasDammDigit, placesWrong, type Routes } from '../../platform/index.ts';
import { say } from '../words.ts';
import { statusToken } from './code.ts';
import { askForCode, proveTelephone } from './commands.ts';
import type { Door } from './door.ts';
import { readOwnStatus } from './queries.ts';
import { registerOneself } from './register-oneself.ts';
import { rates } from './rules.ts';

type Operation = 'registerOneself' | 'askForProofCode' | 'proveTelephone' | 'getOwnStatus';

export function selfRegistrationRoutes(ground: Ground, door: Door): Routes<Operation> {
  const { execute, keyRing } = ground;
  return {
    registerOneself: ({ body, ...call }) => registerOneself(ground, door, body, call),
    askForProofCode: async ({ params, address, ...call }) => {
      await door.knock(address);
      const reference = intact(params.reference);
      await door.limits.take(rates.codesOfReference, reference);
      return execute(askForCode, { reference }, { ...call, actor: passerBy });
    },
    proveTelephone: async ({ params, body, address, ...call }) => {
      await door.knock(address);
      const reference = intact(params.reference);
      const { registrationId } = await execute(proveTelephone, { reference, code: body.code }, { ...call, actor: passerBy });
      return { reference, state: 'received' as const, statusToken: statusToken(keyRing, registrationId) };
    },
    getOwnStatus: async ({ params, headers, address, requestId }) => {
      await door.knock(address);
      const token = headers['status-token'];
      return execute(readOwnStatus, { reference: intact(params.reference), token }, { requestId, actor: passerBy });
    },
  };
}

// A slip of the finger is told at once: it tells nothing about what exists, and costs no try.
function intact(reference: string): string {
  if (hasDammDigit(reference)) return reference;
  throw placesWrong([{ pointer: '/path/reference', detail: say('reference_mistyped') }]);
}
