import type { Actor, Db } from '../../platform/index.ts';
import { authoriseRead } from '../authorise.ts';
import { passkeysOf } from './store.ts';
import type { Passkey } from './types.ts';

/** The asker's own passkeys, oldest first; all of them, since nobody has many. */
export async function listPasskeys(db: Db, actor: Actor): Promise<{ items: Passkey[] }> {
  authoriseRead(actor, 'access.read_passkeys');
  return { items: await passkeysOf(db, actor.id) };
}
