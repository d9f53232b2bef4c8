import { brokenConstraint, command, newId, problem } from '../../platform/index.ts';
import { hashPassword } from '../passwords.ts';
import { endSessionsOf } from '../sessions.ts';
import { findUser, insertUser, markDisabled } from '../store.ts';
import { newTotpSecret, totpEnrolment } from '../totp.ts';
import { sealTotpSecret } from '../totp-secret.ts';
import type { NewUser, TotpEnrolment, User } from '../types.ts';

/**
 * Creates somebody who may sign in and, until a role is granted, do nothing else.
 * @returns the user, and what sets up the authenticator: the only time that it is shown
 * @throws conflict when somebody has that address already
 */
export const createUser = command<NewUser, User & { totp: TotpEnrolment }>({
  name: 'access.create_user',
  scope: () => ({}),
  async run({ tx, actor, now, keyRing }, { email: given, displayName, language, password, totpSecret = newTotpSecret() }) {
    const email = given.toLowerCase();
    const user: User = { id: newId(), email, displayName, language, grants: [], disabledAt: null, createdAt: now.toISOString() };
    try {
      await insertUser(tx, {
        ...user,
        passwordHash: await hashPassword(password),
        sealedSecret: sealTotpSecret(keyRing, user.id, totpSecret),
        createdBy: actor.id,
        createdAt: now,
      });
    } catch (error) {
      if (brokenConstraint(error) === 'users_email_key') throw problem.conflict('Somebody has this e-mail address already.');
      throw error;
    }
    return { result: { ...user, totp: totpEnrolment(email, totpSecret) }, subject: { type: 'user', id: user.id }, after: user };
  },
});

/**
 * Keeps somebody out for good, and ends their sessions at once.
 * @throws not_found; conflict when that has happened already
 */
export const disableUser = command<{ userId: string }, User>({
  name: 'access.disable_user',
  scope: () => ({}),
  async run({ tx, now }, { userId }) {
    const before = await findUser(tx, userId, now);
    if (!before) throw problem.not_found('There is no such user.');
    if (!(await markDisabled(tx, userId, now))) throw problem.conflict('This user is disabled already.');
    await endSessionsOf(tx, userId, now);
    const user: User = { ...before, disabledAt: now.toISOString() };
    return { result: user, subject: { type: 'user', id: userId }, before, after: user };
  },
});
