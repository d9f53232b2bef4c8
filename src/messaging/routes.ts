import type { Contract, Ground, Routes } from '../platform/index.ts';
import { dealWithMessage, retryDeadLetters, retryMessage } from './dead-letters.ts';
import type { Surroundings } from './gateways/kinds.ts';
import type { Gateways } from './gateways/registry.ts';
import { gatewayRoutes } from './gateways/routes.ts';
import { countListMessages, countProgrammeMessages, listDeadLetters, listMessages } from './queries.ts';

type Operation =
  | 'listMessages'
  | 'countListMessages'
  | 'countProgrammeMessages'
  | 'listDeadLetters'
  | 'retryDeadLetters'
  | 'retryMessage'
  | 'dealWithMessage'
  | keyof ReturnType<typeof gatewayRoutes>;

export const messagingRoutes = (
  ground: Ground,
  outward: { contract: Contract; surroundings: Surroundings; gateways: Gateways },
): Routes<Operation> => {
  const { db, execute } = ground;
  return {
    listMessages: ({ actor, params, query }) => listMessages(db, actor, params.listId, query),
    countListMessages: ({ actor, params }) => countListMessages(db, actor, params.listId),
    countProgrammeMessages: ({ actor, params }) => countProgrammeMessages(db, actor, params.programmeId),
    listDeadLetters: ({ actor, params, query }) => listDeadLetters(db, actor, params.programmeId, query),
    retryDeadLetters: ({ params, body, ...call }) => execute(retryDeadLetters, { ...params, ...body }, call),
    retryMessage: ({ params, body, ...call }) => execute(retryMessage, { ...params, ...body }, call),
    dealWithMessage: ({ params, body, ...call }) => execute(dealWithMessage, { ...params, ...body }, call),
    ...gatewayRoutes(ground, outward),
  };
};
