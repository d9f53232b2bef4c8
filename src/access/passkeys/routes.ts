import { type Ground, networkOf, type Routes } from '../../platform/index.ts';
import type { SignInDoor } from '../commands/sign-in.ts';
import { system } from '../system.ts';
import { askToRegister, askToSignIn, askToStepUp, registerPasskey, removePasskey } from './commands.ts';
import { listPasskeys } from './queries.ts';
import { optionsOfAddress } from './rules.ts';

export type PasskeyOperation =
  | 'askForPasskeyRegistration'
  | 'registerPasskey'
  | 'listPasskeys'
  | 'removePasskey'
  | 'askForPasskeySignIn'
  | 'askForPasskeyStepUp';

export const passkeyRoutes = ({ db, execute }: Ground, { party, limits }: SignInDoor): Routes<PasskeyOperation> => ({
  askForPasskeyRegistration: ({ actor, requestId }) => execute(askToRegister, { party }, { actor, requestId }),
  registerPasskey: ({ body, ...call }) => execute(registerPasskey, { party, ...body }, call),
  listPasskeys: ({ actor }) => listPasskeys(db, actor),
  removePasskey: ({ params, actor, requestId }) => execute(removePasskey, params, { actor, requestId }),
  askForPasskeySignIn: async ({ body, address, requestId }) => {
    await limits.take(optionsOfAddress, networkOf(address));
    return execute(askToSignIn, { party, email: body.email }, { actor: system, requestId });
  },
  askForPasskeyStepUp: ({ actor, requestId }) => execute(askToStepUp, { party }, { actor, requestId }),
});
