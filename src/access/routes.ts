import { type Ground, problem, type RateLimits, type Routes } from '../platform/index.ts';
import { accountRoutes } from './account-routes.ts';
import { listAlerts } from './alert-queries.ts';
import { markAlertSeen } from './commands/alerts.ts';
import { confirmKey, issueKey, revokeKey, rotateKey } from './commands/keys.ts';
import { createPartner } from './commands/partners.ts';
import { endRole, grantRole } from './commands/roles.ts';
import { createServiceAccount, disableServiceAccount } from './commands/services.ts';
import { signOut, stepUp } from './commands/session.ts';
import { endOtherSessions, endOwnSession, endSessionOfUser, endSessionsOfUser } from './commands/sessions.ts';
import { signIn } from './commands/sign-in.ts';
import { createUser, disableUser } from './commands/users.ts';
import { type DeviceOperation, deviceRoutes } from './devices/routes.ts';
import { stepUpOnDevice } from './devices/step-up.ts';
import { handOver, sessionFor, takeBack } from './hand-over.ts';
import { ofPartner, ofService, pageWith } from './key-types.ts';
import { listKeys, listPartners } from './partner-queries.ts';
import { type PasskeyOperation, passkeyRoutes } from './passkeys/routes.ts';
import { listUsers, whoAmI } from './queries.ts';
import { relyingParty } from './relying-party.ts';
import { listServiceAccounts, listServiceKeys } from './service-queries.ts';
import { currentSession, listOwnSessions, listSessionsOf } from './session-queries.ts';
import type { SessionRules } from './session-rules.ts';
import { say } from './words.ts';

type Operation =
  | PasskeyOperation
  | DeviceOperation
  | 'signIn'
  | 'stepUp'
  | 'signOut'
  | 'listOwnSessions'
  | 'currentSession'
  | 'endOwnSession'
  | 'endOtherSessions'
  | 'listUserSessions'
  | 'endUserSession'
  | 'endUserSessions'
  | 'whoAmI'
  | 'createUser'
  | 'listUsers'
  | 'grantRole'
  | 'endRole'
  | 'disableUser'
  | 'createPartner'
  | 'listPartners'
  | 'issuePartnerKey'
  | 'listPartnerKeys'
  | 'rotatePartnerKey'
  | 'revokePartnerKey'
  | 'confirmPartnerKey'
  | 'listAlerts'
  | 'markAlertSeen'
  | keyof ReturnType<typeof accountRoutes>
  | 'createServiceAccount'
  | 'listServiceAccounts'
  | 'disableServiceAccount'
  | 'issueServiceKey'
  | 'listServiceKeys'
  | 'rotateServiceKey'
  | 'revokeServiceKey'
  | 'confirmServiceKey';

/** What the doors of this room are told from above. */
export interface AccessSettings {
  readonly limits: RateLimits;
  readonly sessions: SessionRules;
  /** Where people reach the platform with their browsers. */
  readonly publicUrl: string;
}

export const accessRoutes = (ground: Ground, { limits, sessions: rules, publicUrl }: AccessSettings): Routes<Operation> => {
  const door = { limits, party: relyingParty(publicUrl) };
  const { db, execute, clock, keyRing } = ground;
  return {
    ...accountRoutes(ground, limits),
    ...passkeyRoutes(ground, door),
    ...deviceRoutes(ground, door, rules),
    async signIn({ body: { transport = 'bearer', ...credentials }, ...call }) {
      if (transport === 'cookie' && !call.isFromOwnPage) throw problem.cross_site(say('cookie_elsewhere'));
      const begun = await signIn(ground, door, credentials, call, sessionFor(call, transport, rules, keyRing));
      return handOver(begun, transport, rules, keyRing);
    },
    async stepUp({ body: { device, ...given }, csrfToken, ...call }) {
      const { actor, requestId } = call;
      const renewed = device
        ? await stepUpOnDevice(ground, door, device, call)
        : await execute(stepUp, { party: door.party, ...given }, { actor, requestId });
      return handOver(renewed, csrfToken ? 'cookie' : 'bearer', rules, keyRing);
    },
    async signOut({ actor, requestId, csrfToken }) {
      await execute(signOut, {}, { actor, requestId });
      return csrfToken ? takeBack(rules) : undefined;
    },
    listOwnSessions: ({ actor }) => listOwnSessions(db, actor, clock.now()),
    currentSession: async ({ actor, csrfToken }) => ({
      ...(await currentSession(db, actor, clock.now())),
      ...(csrfToken ? { csrfToken } : {}),
    }),
    endOwnSession: ({ params, ...call }) => execute(endOwnSession, params, call),
    endOtherSessions: (call) => execute(endOtherSessions, {}, call),
    listUserSessions: ({ actor, params }) => listSessionsOf(db, actor, params.userId, clock.now()),
    endUserSession: ({ params, ...call }) => execute(endSessionOfUser, params, call),
    endUserSessions: ({ params, ...call }) => execute(endSessionsOfUser, params, call),
    whoAmI: ({ actor }) => whoAmI(db, actor, clock.now()),
    createUser: ({ body, ...call }) => execute(createUser, body, call),
    listUsers: ({ actor, query }) => listUsers(db, actor, clock.now(), query),
    grantRole: ({ params, body, ...call }) => execute(grantRole, { ...body, userId: params.userId }, call),
    endRole: ({ params, ...call }) => execute(endRole, params, call),
    disableUser: ({ params, ...call }) => execute(disableUser, params, call),
    listAlerts: ({ actor, query }) => listAlerts(db, actor, query),
    markAlertSeen: ({ params, ...call }) => execute(markAlertSeen, params, call),
    createPartner: ({ body, ...call }) => execute(createPartner, body, call),
    listPartners: ({ actor, query }) => listPartners(db, actor, query),
    issuePartnerKey: async ({ params, body, actor, requestId }) =>
      ofPartner(await execute(issueKey, { ...params, ...body }, { actor, requestId })),
    listPartnerKeys: async ({ actor, params, query }) => pageWith(await listKeys(db, actor, params.partnerId, query), ofPartner),
    rotatePartnerKey: async ({ params, body, actor, requestId }) =>
      ofPartner(await execute(rotateKey, { ...params, ...body }, { actor, requestId })),
    confirmPartnerKey: async ({ params, ...call }) => ofPartner(await execute(confirmKey, params, call)),
    revokePartnerKey: async ({ params, ...call }) => ofPartner(await execute(revokeKey, params, call)),
    createServiceAccount: ({ body, ...call }) => execute(createServiceAccount, body, call),
    listServiceAccounts: ({ actor, query }) => listServiceAccounts(db, actor, query),
    disableServiceAccount: ({ params, ...call }) => execute(disableServiceAccount, params, call),
    issueServiceKey: async ({ params, body, actor, requestId }) =>
      ofService(await execute(issueKey, { ...params, ...body }, { actor, requestId })),
    listServiceKeys: async ({ actor, params, query }) =>
      pageWith(await listServiceKeys(db, actor, params.serviceAccountId, query), ofService),
    rotateServiceKey: async ({ params, body, actor, requestId }) =>
      ofService(await execute(rotateKey, { ...params, ...body }, { actor, requestId })),
    confirmServiceKey: async ({ params, ...call }) => ofService(await execute(confirmKey, params, call)),
    revokeServiceKey: async ({ params, ...call }) => ofService(await execute(revokeKey, params, call)),
  };
};
