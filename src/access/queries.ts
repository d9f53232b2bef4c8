import { type Actor, type Db, type Page, pageRequestById, sql } from '../platform/index.ts';
import { scopeCondition } from './scope-condition.ts';
import { ended } from './sessions.ts';
import { findUser, pageOfUsers } from './store.ts';
import type { SignedIn, User } from './types.ts';

/** The person who asks, with the roles that hold now. */
export async function whoAmI(db: Db, actor: Actor, now: Date): Promise<SignedIn['user']> {
  const user = await findUser(db, actor.id, now);
  if (!user) throw ended();
  const { id, displayName, language, grants } = user;
  return { id, displayName, language, grants };
}

/** Users, oldest first. Whoever's own role is confined to a place or a fund sees those who were given a role within it. */
export async function listUsers(db: Db, actor: Actor, now: Date, query: { limit?: number; cursor?: string }): Promise<Page<User>> {
  const columns = { programme: sql`g.programme_id`, office: sql`g.office_id`, fund: sql`g.fund_id` };
  const within = scopeCondition(actor, 'access.read_users', columns);
  const { limit, after } = pageRequestById(query);
  return pageOfUsers(db, now, within, limit, after);
}
