import { type Ground, type OutgoingRules, type Routes, Versioned, versionIn } from '../../platform/index.ts';
import { addConnection, changeConnection, endConnection, requestPull } from './commands.ts';
import { listConnections, readConnection } from './queries.ts';

type Operation =
  | 'addKoboConnection'
  | 'listKoboConnections'
  | 'getKoboConnection'
  | 'changeKoboConnection'
  | 'endKoboConnection'
  | 'pullKoboSubmissions';

export function koboRoutes({ db, execute }: Ground, rules: OutgoingRules): Routes<Operation> {
  const add = addConnection(rules);
  return {
    addKoboConnection: async ({ params, body, ...call }) => {
      const { mapping = null, everyMinutes = 60 } = body;
      return new Versioned(await execute(add, { ...params, ...body, mapping, everyMinutes }, call), 1);
    },
    listKoboConnections: ({ actor, params, query }) => listConnections(db, actor, params.programmeId, query),
    getKoboConnection: async ({ actor, params }) => {
      const { connection, version } = await readConnection(db, actor, params.connectionId);
      return new Versioned(connection, version);
    },
    changeKoboConnection: async ({ params, body, ifMatch, ...call }) => {
      const { connection, version } = await execute(
        changeConnection,
        { id: params.connectionId, version: versionIn(ifMatch), change: body },
        call,
      );
      return new Versioned(connection, version);
    },
    endKoboConnection: ({ params, ...call }) => execute(endConnection, { id: params.connectionId }, call),
    pullKoboSubmissions: ({ params, ...call }) => execute(requestPull, { id: params.connectionId }, call),
  };
}
