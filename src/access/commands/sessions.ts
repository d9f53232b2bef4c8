import { type Actor, command, problem, type Tx } from '../../platform/index.ts';
import { endEnrolmentsOf } from '../devices/store.ts';
import { userOf } from '../session-store.ts';
import { ended, endSession, endSessionsOf } from '../sessions.ts';
import { findUser } from '../store.ts';
import { say } from '../words.ts';

async function endOneOf(tx: Tx, userId: string, sessionId: string, now: Date, reason: string): Promise<void> {
  const isTheirs = (await userOf(tx, sessionId)) === userId;
  if (!isTheirs || !(await endSession(tx, sessionId, now, reason))) throw problem.not_found(say('session_none'));
}

/** Ends one of the actor's sessions. The second factor is asked for, so that whoever stole a session does not end the others (ASVS 5.0, 7.5.2). */
export const endOwnSession = command<{ sessionId: string }, undefined>({
  name: 'access.end_own_session',
  scope: () => ({}),
  async run({ tx, actor, now }, { sessionId }) {
    await endOneOf(tx, actor.id, sessionId, now, 'ended elsewhere');
    return { result: undefined, subject: { type: 'session', id: sessionId } };
  },
});

const currentOf = ({ sessionId }: Actor): string => {
  if (!sessionId) throw ended();
  return sessionId;
};

/** Ends every session of the actor but the one that asks. @returns how many that were */
export const endOtherSessions = command<Record<string, never>, { ended: number }>({
  name: 'access.end_other_sessions',
  scope: () => ({}),
  async run({ tx, actor, now }) {
    const count = await endSessionsOf(tx, actor.id, now, 'ended elsewhere', currentOf(actor));
    return { result: { ended: count }, subject: { type: 'user', id: actor.id }, after: { ended: count } };
  },
});

/** Ends one session of somebody else. @throws not_found */
export const endSessionOfUser = command<{ userId: string; sessionId: string }, undefined>({
  name: 'access.end_session',
  scope: () => ({}),
  async run({ tx, now }, { userId, sessionId }) {
    await endOneOf(tx, userId, sessionId, now, 'ended by an administrator');
    return { result: undefined, subject: { type: 'user', id: userId }, after: { ended: sessionId } };
  },
});

/** Ends every session of somebody else, and every PIN. @returns how many that were @throws not_found */
export const endSessionsOfUser = command<{ userId: string }, { ended: number }>({
  name: 'access.end_all_sessions',
  scope: () => ({}),
  async run({ tx, now }, { userId }) {
    if (!(await findUser(tx, userId, now))) throw problem.not_found(say('user_none'));
    const count = await endSessionsOf(tx, userId, now, 'ended by an administrator');
    await endEnrolmentsOf(tx, userId, now);
    return { result: { ended: count }, subject: { type: 'user', id: userId }, after: { ended: count } };
  },
});
