import { brokenConstraint, type CommandContext, command, newId, problem, type Tx } from '../../platform/index.ts';
import { endEnrolmentsOf } from '../devices/store.ts';
import { revokeLinks } from '../link-store.ts';
import { newLink, sendingOf } from '../links.ts';
import { endSessionsOf } from '../sessions.ts';
import { findUser, insertUser, markDisabled } from '../store.ts';
import type { NewUser, User } from '../types.ts';
import { say } from '../words.ts';

/** Adds somebody who cannot sign in yet. @throws conflict when somebody has that address already */
export async function addUser({ tx, actor, now }: CommandContext, { email: given, displayName, language }: NewUser): Promise<User> {
  const email = given.toLowerCase();
  const user: User = {
    id: newId(),
    email,
    displayName,
    language,
    grants: [],
    activatedAt: null,
    disabledAt: null,
    createdAt: now.toISOString(),
  };
  try {
    await insertUser(tx, user, actor.id, now);
  } catch (error) {
    if (brokenConstraint(error) === 'users_email_key') throw problem.conflict(say('email_taken'));
    throw error;
  }
  return user;
}

/**
 * Invites somebody. They are sent a link, by which they set up how they sign in; until a role is granted they may do nothing else.
 * @throws conflict when somebody has that address already
 */
export const createUser = command<NewUser, User>({
  name: 'access.create_user',
  scope: () => ({}),
  async run(context, given) {
    const user = await addUser(context, given);
    const link = await newLink(context, user.id, 'invitation');
    return { result: user, subject: { type: 'user', id: user.id }, after: user, followUps: [sendingOf(link)] };
  },
});

/** Somebody who may still sign in, or may yet. @throws not_found; conflict when they are disabled */
export async function enabledUser(tx: Tx, userId: string, now: Date): Promise<User> {
  const user = await findUser(tx, userId, now);
  if (!user) throw problem.not_found(say('user_none'));
  if (user.disabledAt) throw problem.conflict(say('user_disabled'));
  return user;
}

/**
 * Keeps somebody out for good, and ends their sessions, PINs and links at once.
 * @throws not_found; conflict when that has happened already
 */
export const disableUser = command<{ userId: string }, User>({
  name: 'access.disable_user',
  scope: () => ({}),
  async run({ tx, now }, { userId }) {
    const before = await findUser(tx, userId, now);
    if (!before) throw problem.not_found('There is no such record.');
    if (!(await markDisabled(tx, userId, now))) throw problem.conflict(say('user_disabled_before'));
    await endSessionsOf(tx, userId, now, 'user disabled');
    await endEnrolmentsOf(tx, userId, now);
    await revokeLinks(tx, userId, now);
    const user: User = { ...before, disabledAt: now.toISOString() };
    return { result: user, subject: { type: 'user', id: userId }, before, after: user };
  },
});
