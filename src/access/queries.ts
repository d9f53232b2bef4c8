import { type Actor, type Db, type Grant, type Page, pageRequestById, sql } from '../platform/index.ts';
import { grantOf } from './devices/rules.ts';
import { recoveryCodesLeft } from './recovery-store.ts';
import { scopeCondition } from './scope-condition.ts';
import { ended } from './sessions.ts';
import { findUser, pageOfUsers } from './store.ts';
import type { CurrentUser, User } from './types.ts';

const scopeKinds = ['programme', 'office', 'fund'] as const;

/** The person who asks, with the roles that hold now. */
export async function whoAmI(db: Db, actor: Actor, now: Date): Promise<CurrentUser> {
  const user = await currentUser(db, actor.id, now);
  if (!user) throw ended();
  return { ...user, grants: user.grants.filter((grant) => isHeldBy(actor, grantOf(grant))) };
}

// In a session on a device somebody holds less than they do otherwise.
const isHeldBy = ({ grants }: Actor, { role, scope }: Grant): boolean =>
  grants.some((held) => held.role === role && scopeKinds.every((kind) => held.scope[kind] === scope[kind]));

/** Somebody as they see themselves. */
export async function currentUser(db: Db, userId: string, now: Date): Promise<CurrentUser | undefined> {
  const user = await findUser(db, userId, now);
  if (!user) return undefined;
  const { id, displayName, language, grants } = user;
  return { id, displayName, language, grants, recoveryCodesLeft: await recoveryCodesLeft(db, id) };
}

/** Users, oldest first. Whoever's own role is confined to a place or a fund sees those who were given a role within it, with those roles alone. */
export async function listUsers(db: Db, actor: Actor, now: Date, query: { limit?: number; cursor?: string }): Promise<Page<User>> {
  const programme = sql`coalesce(g.programme_id, (select f.programme_id from funds f where f.id = g.fund_id))`;
  const columns = { programme, office: sql`g.office_id`, fund: sql`g.fund_id` };
  const within = scopeCondition(actor, 'access.read_users', columns);
  const { limit, after } = pageRequestById(query);
  return pageOfUsers(db, now, within, limit, after);
}
