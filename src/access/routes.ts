import type { Ground, Routes } from '../platform/index.ts';
import { endRole, grantRole } from './commands/roles.ts';
import { signOut, stepUp } from './commands/session.ts';
import { signIn } from './commands/sign-in.ts';
import { createUser, disableUser } from './commands/users.ts';
import { listUsers, whoAmI } from './queries.ts';

type Operation = 'signIn' | 'stepUp' | 'signOut' | 'whoAmI' | 'createUser' | 'listUsers' | 'grantRole' | 'endRole' | 'disableUser';

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
  };
};
