import type { Actor } from '../platform/index.ts';
import { ended } from './sessions.ts';

/** The session that an actor acts in. @throws unauthenticated for an actor without one */
export function sessionOf({ sessionId }: Actor): string {
  if (!sessionId) throw ended();
  return sessionId;
}
