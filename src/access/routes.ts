import type { Ground, Routes } from '../platform/index.ts';
import { issueKey, revokeKey, rotateKey } from './commands/keys.ts';
import { createPartner } from './commands/partners.ts';
import { endRole, grantRole } from './commands/roles.ts';
import { signOut, stepUp } from './commands/session.ts';
import { signIn } from './commands/sign-in.ts';
import { createUser, disableUser } from './commands/users.ts';
import { listKeys, listPartners } from './partner-queries.ts';
import { listUsers, whoAmI } from './queries.ts';

type Operation =
  | 'signIn'
  | 'stepUp'
  | 'signOut'
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
  | 'revokePartnerKey';

export const accessRoutes = (ground: Ground): Routes<Operation> => {
  const { db, execute, clock } = ground;
  return {
    signIn: ({ body, requestId }) => signIn(ground, body, requestId),
    stepUp: ({ body, ...call }) => execute(stepUp, body, call),
    signOut: (call) => execute(signOut, {}, call),
    whoAmI: ({ actor }) => whoAmI(db, actor, clock.now()),
    createUser: ({ body, ...call }) => execute(createUser, body, call),
    listUsers: ({ actor, query }) => listUsers(db, actor, clock.now(), query),
    grantRole: ({ params, body, ...call }) => execute(grantRole, { ...body, userId: params.userId }, call),
    endRole: ({ params, ...call }) => execute(endRole, params, call),
    disableUser: ({ params, ...call }) => execute(disableUser, params, call),
    createPartner: ({ body, ...call }) => execute(createPartner, body, call),
    listPartners: ({ actor, query }) => listPartners(db, actor, query),
    issuePartnerKey: ({ params, body, actor, requestId }) => execute(issueKey, { ...params, ...body }, { actor, requestId }),
    listPartnerKeys: ({ actor, params, query }) => listKeys(db, actor, params.partnerId, query),
    rotatePartnerKey: ({ params, body, actor, requestId }) => execute(rotateKey, { ...params, ...body }, { actor, requestId }),
    revokePartnerKey: ({ params, ...call }) => execute(revokeKey, params, call),
  };
};
