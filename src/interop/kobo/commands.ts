import { brokenConstraint, type Command, command, type Db, newId, type OutgoingRules, problem, type Scope } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { serverFault, serverOf } from './rules.ts';
import { endConnectionNow, findConnection, insertConnection, type StoredConnection, scheduleNow, updateConnection } from './store.ts';
import { sealToken } from './token.ts';
import type { KoboConnection, KoboConnectionChange, NewKoboConnection } from './types.ts';

/** Where a connection belongs. @throws not_found */
export async function connectionScope(db: Db, { id }: { id: string }): Promise<Scope> {
  return { programme: (await existing(db, id)).connection.programmeId };
}

async function existing(db: Db, id: string): Promise<StoredConnection> {
  const found = await findConnection(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

const subjectOf = (id: string) => ({ type: 'kobo_connection', id });
const MINUTE_MS = 60_000;
const over = 'The connection has ended. Add a new one.';

/**
 * Connects a programme to a form; its submissions are pulled from its first turn on, or once somebody asks.
 * @throws unprocessable when the server may not be asked; conflict when the programme has this connection already
 */
export const addConnection = (rules: OutgoingRules): Command<NewKoboConnection, KoboConnection> =>
  command({
    name: 'interop.add_kobo_connection',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, actor, now, keyRing }, { token, ...input }) {
      await programmeById(tx, input.programmeId);
      const serverUrl = serverOf(input.serverUrl, rules);
      if (!serverUrl) throw problem.unprocessable('The server cannot be asked.', {}, [serverFault]);
      const connection: KoboConnection = {
        id: newId(),
        ...input,
        serverUrl,
        takenSubmissions: 0,
        unreadableSubmissions: 0,
        waitingFileId: null,
        pulledAt: null,
        nextPullAt: new Date(now.getTime() + input.everyMinutes * MINUTE_MS).toISOString(),
        failures: 0,
        lastFailure: null,
        createdAt: now.toISOString(),
        endedAt: null,
      };
      try {
        await insertConnection(tx, connection, sealToken(keyRing, connection.id, token), actor.id);
      } catch (error) {
        if (brokenConstraint(error) === 'kobo_connections_once')
          throw problem.conflict('The programme has a connection to this form already.');
        throw error;
      }
      return { result: connection, subject: subjectOf(connection.id), after: connection };
    },
  });

/** Changes a connection that is still as the caller read it. @throws not_found; conflict when it has changed since, or ended */
export const changeConnection = command<{ id: string; version: number; change: KoboConnectionChange }, StoredConnection>({
  name: 'interop.change_kobo_connection',
  scope: connectionScope,
  async run({ tx, keyRing }, { id, version, change: { token, mapping, everyMinutes } }) {
    const { connection: before } = await existing(tx, id);
    if (before.endedAt) throw problem.conflict(over);
    const wanted = { mapping: mapping === undefined ? before.mapping : mapping, everyMinutes: everyMinutes ?? before.everyMinutes };
    const after = await updateConnection(tx, id, version, wanted, token === undefined ? null : sealToken(keyRing, id, token));
    if (!after) throw problem.conflict('Somebody changed the connection meanwhile. Read it again.');
    return { result: after, subject: subjectOf(id), before, after: after.connection };
  },
});

/** Ends a connection and destroys its token. @throws not_found; conflict when it has ended */
export const endConnection = command<{ id: string }, KoboConnection>({
  name: 'interop.end_kobo_connection',
  scope: connectionScope,
  async run({ tx, actor, now }, { id }) {
    const { connection: before } = await existing(tx, id);
    const ended = await endConnectionNow(tx, id, actor.id, now);
    if (!ended) throw problem.conflict(over);
    return { result: ended.connection, subject: subjectOf(id), before, after: ended.connection };
  },
});

/** Asks for a pull now instead of at its next turn. @throws not_found; conflict when the connection has ended */
export const requestPull = command<{ id: string }, KoboConnection>({
  name: 'interop.request_kobo_pull',
  scope: connectionScope,
  async run({ tx, now }, { id }) {
    await existing(tx, id);
    const scheduled = await scheduleNow(tx, id, now);
    if (!scheduled) throw problem.conflict(over);
    return {
      result: scheduled.connection,
      subject: subjectOf(id),
      followUps: [{ job: 'interop.pull_kobo', payload: { connectionId: id } }],
    };
  },
});
