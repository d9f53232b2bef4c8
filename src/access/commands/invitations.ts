import { type CommandContext, command, type Execute, type Ground, problem } from '../../platform/index.ts';
import { raiseAlert } from '../alerts.ts';
import { codeRefused, confirmed, giveRecoveryCodes } from '../authenticator.ts';
import { deviceTokenFor } from '../device-token.ts';
import { lockLink, revokeLinks, useLink } from '../link-store.ts';
import { hashLinkToken, linkRefused, newLink, sendingOf } from '../links.ts';
import { activateUser, userByEmail } from '../store.ts';
import { passerBy, system } from '../system.ts';
import type { Link, NewSecrets, NewUser, User } from '../types.ts';
import { say } from '../words.ts';
import { newPasswordFor } from './passwords.ts';
import { grantRole } from './roles.ts';
import { addUser, enabledUser } from './users.ts';

/** Makes somebody another invitation. @throws not_found; conflict when they have accepted one or are disabled */
async function another(context: CommandContext, userId: string): Promise<Link> {
  const user = await enabledUser(context.tx, userId, context.now);
  if (user.activatedAt) throw problem.conflict(say('user_activated'));
  return newLink(context, userId, 'invitation');
}

/** Sends another invitation; the one before is worth nothing. @throws not_found; conflict when one was accepted or the user is disabled */
export const inviteAgain = command<{ userId: string }, { expiresAt: string }>({
  name: 'access.invite_again',
  scope: () => ({}),
  async run(context, { userId }) {
    const link = await another(context, userId);
    const result = { expiresAt: link.expiresAt.toISOString() };
    return { result, subject: { type: 'user', id: userId }, after: { link: link.id }, followUps: [sendingOf(link)] };
  },
});

/** Makes somebody's invitation worth nothing. @throws not_found; conflict when there is none to revoke */
export const revokeInvitation = command<{ userId: string }, undefined>({
  name: 'access.revoke_invitation',
  scope: () => ({}),
  async run({ tx, now }, { userId }) {
    await enabledUser(tx, userId, now);
    if ((await revokeLinks(tx, userId, now, ['invitation'])) === 0) throw problem.conflict(say('invitation_none'));
    return { result: undefined, subject: { type: 'user', id: userId } };
  },
});

/** Makes an invitation that is not sent. @throws conflict when somebody with that address signs in already */
const inviteUnsent = command<NewUser, { user: User; link: Link }>({
  name: 'access.invite_administrator',
  scope: () => ({}),
  async run(context, given) {
    const { tx, actor, now } = context;
    const user = (await userByEmail(tx, given.email.toLowerCase(), now)) ?? (await addUser(context, given));
    const link = await another(context, user.id);
    const subject = { type: 'user', id: user.id };
    await raiseAlert(tx, now, { kind: 'access.administrator_invited', subject, by: actor.id });
    return { result: { user, link }, subject, after: { link: link.id } };
  },
});

/**
 * Invites an administrator from the machine that the platform runs on: the first, or one more when none can sign in. Whoever asks passes the
 * link on; other administrators are alerted.
 * @throws conflict when somebody with that address signs in already
 */
export async function inviteAdministrator(execute: Execute, given: NewUser): Promise<Link> {
  const { user, link } = await execute(inviteUnsent, given, { actor: system });
  if (!user.grants.some(({ role, programmeId }) => role === 'administrator' && programmeId === null)) {
    await execute(grantRole, { userId: user.id, role: 'administrator' }, { actor: system });
  }
  return link;
}

/**
 * Accepts an invitation.
 * @throws link_refused; unprocessable when the password will not do; second_factor_refused when the code is not the new authenticator's
 */
export async function acceptInvitation(
  ground: Ground,
  { token, password, totp }: { token: string; password: string; totp: string },
  requestId: string,
): Promise<NewSecrets> {
  const hash = hashLinkToken(token);
  const passwordHash = await newPasswordFor(ground, { hash, purpose: 'invitation' }, password);
  return ground.execute(activate, { link: hash.toString('hex'), passwordHash, totp }, { actor: passerBy, requestId });
}

const activate = command<{ link: string; passwordHash: string; totp: string }, NewSecrets>({
  name: 'access.accept_invitation',
  scope: () => ({}),
  async run(context, { link: hash, passwordHash, totp }) {
    const { tx, now, keyRing } = context;
    const link = await lockLink(tx, Buffer.from(hash, 'hex'), 'invitation', now);
    if (!link) throw linkRefused();
    const { id, userId } = link;
    const authenticator = await confirmed(context, userId, totp);
    const subject = { type: 'user', id: userId };
    if (!authenticator) return { result: undefined as never, subject, refusal: codeRefused() };
    const { sealedSecret, step } = authenticator;
    if (!(await activateUser(tx, userId, passwordHash, sealedSecret, step, now))) throw linkRefused();
    await useLink(tx, id, now);
    const recoveryCodes = await giveRecoveryCodes(context, userId);
    const result = { recoveryCodes, deviceToken: deviceTokenFor(keyRing, userId, now) };
    return { result, subject, after: { activatedBy: id } };
  },
});
