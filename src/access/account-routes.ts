import { type Ground, networkOf, type RateLimits, type Routes } from '../platform/index.ts';
import { acceptInvitation, inviteAgain, revokeInvitation } from './commands/invitations.ts';
import { openLink } from './commands/links.ts';
import { askForReset, changePassword, resetPassword } from './commands/passwords.ts';
import {
  confirmAuthenticator,
  enrolAuthenticator,
  renewRecoveryCodes,
  replaceSecondFactor,
  startSecondFactorReplacement,
} from './commands/second-factors.ts';
import { hashLinkToken } from './links.ts';
import { rates } from './rules.ts';
import { passerBy } from './system.ts';

type Operation =
  | 'openLink'
  | 'acceptInvitation'
  | 'resetPassword'
  | 'replaceSecondFactor'
  | 'askForPasswordReset'
  | 'changePassword'
  | 'renewRecoveryCodes'
  | 'enrolAuthenticator'
  | 'confirmAuthenticator'
  | 'inviteAgain'
  | 'revokeInvitation'
  | 'startSecondFactorReplacement';

/** How somebody comes by what they sign in with, and changes it. */
export function accountRoutes(ground: Ground, limits: RateLimits): Routes<Operation> {
  const { execute } = ground;
  const knock = (address: string) => limits.take(rates.links, networkOf(address));
  return {
    openLink: async ({ body, address, requestId }) => {
      await knock(address);
      return execute(openLink, { hash: hashLinkToken(body.token).toString('hex') }, { actor: passerBy, requestId });
    },
    acceptInvitation: async ({ body, address, requestId }) => {
      await knock(address);
      return acceptInvitation(ground, body, requestId);
    },
    resetPassword: async ({ body, address, requestId }) => {
      await knock(address);
      return resetPassword(ground, body, requestId);
    },
    replaceSecondFactor: async ({ body, address, requestId }) => {
      await knock(address);
      return replaceSecondFactor(ground, body, requestId);
    },
    askForPasswordReset: async ({ body, address, idempotencyKey, requestId }) => {
      await limits.take(rates.resetsAtAddress, networkOf(address));
      return execute(askForReset, body, { actor: passerBy, idempotencyKey, requestId });
    },
    changePassword: ({ body, actor, requestId }) => changePassword(ground, body, { actor, requestId }),
    renewRecoveryCodes: ({ actor, requestId }) => execute(renewRecoveryCodes, {}, { actor, requestId }),
    enrolAuthenticator: ({ actor, requestId }) => execute(enrolAuthenticator, {}, { actor, requestId }),
    confirmAuthenticator: ({ body, ...call }) => execute(confirmAuthenticator, body, call),
    inviteAgain: ({ params, ...call }) => execute(inviteAgain, params, call),
    revokeInvitation: ({ params, ...call }) => execute(revokeInvitation, params, call),
    startSecondFactorReplacement: ({ params, body, ...call }) => execute(startSecondFactorReplacement, { ...params, ...body }, call),
  };
}
