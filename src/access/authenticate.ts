import type { Actor, Credential, Database, Ground } from '../platform/index.ts';
import { keyActors } from './key-actor.ts';
import { isKey } from './key-secret.ts';
import { SessionActors } from './session-actor.ts';

/**
 * Recognises callers.
 * @returns a function that gives the actor that a credential stands for: a user by a session's token, a machine by a key. It throws
 *   unauthenticated when the credential stands for nobody, any more or ever.
 */
export function authenticator(ground: Ground, database: Database): (credential: Credential) => Promise<Actor> {
  const sessions = new SessionActors(database, ground.clock);
  const machineWith = keyActors(ground);
  return async ({ token, transport }) => (transport === 'bearer' && isKey(token) ? machineWith(token) : sessions.actorOf(token, transport));
}
