import { command, type Execution, type Ground, problem } from '../../platform/index.ts';
import { deviceTokenFor } from '../device-token.ts';
import { endEnrolmentsOf } from '../devices/store.ts';
import { findOpenLink, findOpenLinkOf, lockLink, revokeLinks, useLink } from '../link-store.ts';
import { hashLinkToken, linkLifeMs, linkRefused, newLink, sendingOf } from '../links.ts';
import { noticeTo } from '../notices.ts';
import { passwordFaults } from '../password-rules.ts';
import { hashPassword, isPassword } from '../passwords.ts';
import { accessProblem } from '../problems.ts';
import { WRONG_CODES_ALLOWED } from '../rules.ts';
import { countWrongCode, ended, endSession, endSessionsOf, lockSession } from '../sessions.ts';
import { credentialsByEmail, credentialsById, lockCredentials, renewHash, type StoredCredentials, setPassword } from '../store.ts';
import { passerBy } from '../system.ts';
import type { LinkPurpose } from '../types.ts';
import { say } from '../words.ts';

const nobody = '00000000-0000-0000-0000-000000000000';

/** @param pointer to the password in the request @throws unprocessable when a password will not do for this person */
async function acceptable(password: string, owner: Pick<StoredCredentials, 'email' | 'displayName'>, pointer: string): Promise<string> {
  const faults = passwordFaults(password, owner);
  if (faults.length > 0) {
    throw problem.unprocessable(
      say('password_unfit'),
      {},
      faults.map((detail) => ({ pointer, detail })),
    );
  }
  return hashPassword(password);
}

/** The hash of a password that somebody chooses by a link. @throws link_refused; unprocessable when it will not do */
export async function newPasswordFor(
  { db, clock }: Ground,
  { hash, purpose }: { hash: Buffer; purpose: LinkPurpose },
  password: string,
): Promise<string> {
  const link = await findOpenLink(db, hash, clock.now());
  const owner = link?.purpose === purpose ? await credentialsById(db, link.userId) : undefined;
  if (!owner) throw linkRefused();
  return acceptable(password, owner, '/password');
}

/** Asks for a link, for whoever has an address. What happens then happens later, so that neither the answer nor its time tells who has. */
export const askForReset = command<{ email: string }, undefined>({
  name: 'access.ask_for_reset',
  scope: () => ({}),
  async run({ tx }, { email }) {
    const userId = (await credentialsByEmail(tx, email.toLowerCase()))?.id ?? nobody;
    return {
      result: undefined,
      subject: { type: 'user', id: userId },
      followUps: [{ job: 'access.prepare_reset', payload: { userId } }],
    };
  },
});

/**
 * Makes the link that somebody asked for, unless they cannot sign in anyway. One that is still good for a while is sent again, so that nobody
 * makes another's link worthless by asking once more.
 */
export const prepareReset = command<{ userId: string }, { sent: boolean }>({
  name: 'access.prepare_reset',
  scope: () => ({}),
  async run(context, { userId }) {
    const { tx, now } = context;
    const subject = { type: 'user', id: userId };
    const kept = await lockCredentials(tx, userId);
    if (!kept?.activatedAt || kept.disabledAt) return { result: { sent: false }, subject };
    const open = await findOpenLinkOf(tx, userId, 'password_reset', now);
    const isFresh = open && open.expiresAt.getTime() - now.getTime() > linkLifeMs.password_reset / 2;
    const link = isFresh ? open : await newLink(context, userId, 'password_reset');
    return { result: { sent: true }, subject, after: { link: link.id }, followUps: [sendingOf(link)] };
  },
});

/**
 * Chooses a new password by a link. Every session, every PIN and every other link ends; the second factor stays.
 * @throws link_refused; unprocessable when the password will not do
 */
export async function resetPassword(
  ground: Ground,
  { token, password }: { token: string; password: string },
  requestId: string,
): Promise<{ deviceToken: string }> {
  const hash = hashLinkToken(token);
  const passwordHash = await newPasswordFor(ground, { hash, purpose: 'password_reset' }, password);
  return ground.execute(reset, { link: hash.toString('hex'), passwordHash }, { actor: passerBy, requestId });
}

const reset = command<{ link: string; passwordHash: string }, { deviceToken: string }>({
  name: 'access.reset_password',
  scope: () => ({}),
  async run({ tx, now, keyRing }, { link: hash, passwordHash }) {
    const link = await lockLink(tx, Buffer.from(hash, 'hex'), 'password_reset', now);
    if (!link) throw linkRefused();
    const { id, userId } = link;
    await setPassword(tx, userId, passwordHash);
    await useLink(tx, id, now);
    await revokeLinks(tx, userId, now);
    await endSessionsOf(tx, userId, now, 'password reset');
    await endEnrolmentsOf(tx, userId, now);
    return {
      // Who reads their mail on a device is known there: a way in for whoever has no other while strangers try.
      result: { deviceToken: deviceTokenFor(keyRing, userId, now) },
      subject: { type: 'user', id: userId },
      after: { resetBy: id },
      followUps: [noticeTo(userId, 'password_changed')],
    };
  },
});

interface PasswordChange {
  readonly password: string;
  readonly newPassword: string;
}

/**
 * Changes the password of whoever is signed in, and ends their other sessions, every PIN and every link.
 * @throws step_up_required; password_refused when the old one is wrong; unprocessable when the new one will not do
 */
export async function changePassword(
  { db, execute }: Ground,
  { password, newPassword }: PasswordChange,
  { actor, requestId }: Execution,
): Promise<undefined> {
  const kept = await credentialsById(db, actor.id);
  if (!kept?.passwordHash) throw ended();
  const right = await isPassword(kept.passwordHash, password);
  const after = right ? await acceptable(newPassword, kept, '/newPassword') : '';
  return execute(change, { before: kept.passwordHash, right, after }, { actor, requestId });
}

const change = command<{ before: string; right: boolean; after: string }, undefined>({
  name: 'access.change_password',
  scope: () => ({}),
  async run({ tx, actor, now }, { before, right, after }) {
    const { id: userId, sessionId = null } = actor;
    if (sessionId === null) throw ended();
    const subject = { type: 'user', id: userId };
    const wrongTries = await lockSession(tx, sessionId);
    if (!right) {
      await countWrongCode(tx, sessionId);
      const last = wrongTries >= WRONG_CODES_ALLOWED;
      if (last) await endSession(tx, sessionId, now);
      const refusal = last ? ended() : accessProblem.password_refused(say('password_wrong_now'));
      return { result: undefined, subject, refusal };
    }
    if (!(await renewHash(tx, userId, before, after))) throw problem.conflict(say('password_changed'));
    await revokeLinks(tx, userId, now);
    await endSessionsOf(tx, userId, now, 'password changed', sessionId);
    await endEnrolmentsOf(tx, userId, now);
    return { result: undefined, subject, followUps: [noticeTo(userId, 'password_changed')] };
  },
});
