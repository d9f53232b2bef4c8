import type { Actor, Ground } from '../platform/index.ts';
import { isKey } from './key-secret.ts';
import { partnerWithKey } from './partner-key.ts';
import { userOfSession } from './sessions.ts';

/**
 * The actor that a bearer token stands for: a user by a session's, a partner by a key.
 * @throws unauthenticated when it stands for nobody, any more or ever
 */
export const authenticate = (ground: Ground, token: string): Promise<Actor> =>
  isKey(token) ? partnerWithKey(ground, token) : userOfSession(ground.db, ground.clock.now(), token);
