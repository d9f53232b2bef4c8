import { type Actor, type Db, problem } from '../platform/index.ts';
import { authorise, authoriseRead } from './authorise.ts';
import { openSessions, type Session } from './session-store.ts';
import { ended } from './sessions.ts';
import { findUser } from './store.ts';
import { say } from './words.ts';

export type OwnSession = Session & { readonly isCurrent: boolean };

/** Where one is signed in oneself. */
export async function listOwnSessions(db: Db, actor: Actor, now: Date): Promise<{ items: OwnSession[] }> {
  authoriseRead(actor, 'access.read_own_sessions');
  const sessions = await openSessions(db, actor.id, now);
  return { items: sessions.map((session) => ({ ...session, isCurrent: session.id === actor.sessionId })) };
}

/** The session that asks. */
export async function currentSession(db: Db, actor: Actor, now: Date): Promise<OwnSession> {
  const { items } = await listOwnSessions(db, actor, now);
  const current = items.find(({ isCurrent }) => isCurrent);
  if (!current) throw ended();
  return current;
}

/** Where somebody else is signed in, for an administrator with a fresh second factor. @throws not_found without such a user */
export async function listSessionsOf(db: Db, actor: Actor, userId: string, now: Date): Promise<{ items: Session[] }> {
  authorise(actor, 'access.read_sessions', now, {});
  if (!(await findUser(db, userId, now))) throw problem.not_found(say('user_none'));
  return { items: await openSessions(db, userId, now) };
}
