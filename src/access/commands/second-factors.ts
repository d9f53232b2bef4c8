import { type CommandContext, command, type Ground, problem } from '../../platform/index.ts';
import { raiseAlert } from '../alerts.ts';
import { codeRefused, confirmed, enrol, giveRecoveryCodes } from '../authenticator.ts';
import { deviceTokenFor } from '../device-token.ts';
import { endEnrolmentsOf } from '../devices/store.ts';
import { countWrongTry, findOpenLink, lockLink, revokeLinks, useLink } from '../link-store.ts';
import { hashLinkToken, linkRefused, newLink, sendingOf, WRONG_PASSWORDS_ALLOWED } from '../links.ts';
import { noticeTo } from '../notices.ts';
import { endPasskeysOf } from '../passkeys/store.ts';
import { isPassword } from '../passwords.ts';
import { accessProblem } from '../problems.ts';
import { endSessionsOf } from '../sessions.ts';
import { credentialsById, lockCredentials, replaceAuthenticator } from '../store.ts';
import { passerBy } from '../system.ts';
import type { NewSecrets, TotpEnrolment } from '../types.ts';
import { say } from '../words.ts';
import { enabledUser } from './users.ts';

/**
 * Has somebody sent a link by which they set up another authenticator. Their sessions and PINs end, and other administrators are alerted. The one they
 * have goes on until then: an administrator alone locks nobody out by this.
 * @throws forbidden for oneself; not_found; conflict when they have not accepted their invitation or are disabled
 */
export const startSecondFactorReplacement = command<{ userId: string; reason: string }, { expiresAt: string }>({
  name: 'access.start_second_factor_replacement',
  scope: () => ({}),
  async run(context, { userId, reason }) {
    const { tx, actor, now } = context;
    if (userId === actor.id) throw problem.forbidden(say('not_for_oneself'));
    const user = await enabledUser(tx, userId, now);
    if (!user.activatedAt) throw problem.conflict(say('user_not_activated'));
    const subject = { type: 'user', id: userId };
    const link = await newLink(context, userId, 'second_factor');
    await endSessionsOf(tx, userId, now, 'second factor replaced');
    await endEnrolmentsOf(tx, userId, now);
    await raiseAlert(tx, now, { kind: 'access.second_factor_replacement', subject, by: actor.id });
    return { result: { expiresAt: link.expiresAt.toISOString() }, subject, reason, after: { link: link.id }, followUps: [sendingOf(link)] };
  },
});

/**
 * Sets up another authenticator by a link and with the password, in place of passkeys too. Every session, every PIN and every other link ends.
 * @throws link_refused; password_refused; second_factor_refused when the code is not the new authenticator's
 */
export async function replaceSecondFactor(
  { db, execute, clock }: Ground,
  { token, password, totp }: { token: string; password: string; totp: string },
  requestId: string,
): Promise<NewSecrets> {
  const hash = hashLinkToken(token);
  const link = await findOpenLink(db, hash, clock.now());
  const kept = link && (await credentialsById(db, link.userId));
  const passwordRight = await isPassword(kept?.passwordHash, password);
  const before = kept?.passwordHash ?? null;
  return execute(replace, { link: hash.toString('hex'), before, passwordRight, totp }, { actor: passerBy, requestId });
}

const replace = command<{ link: string; before: string | null; passwordRight: boolean; totp: string }, NewSecrets>({
  name: 'access.replace_second_factor',
  scope: () => ({}),
  async run(context, { link: hash, before, passwordRight, totp }) {
    const { tx, now, keyRing } = context;
    const link = await lockLink(tx, Buffer.from(hash, 'hex'), 'second_factor', now);
    if (!link) throw linkRefused();
    const { id, userId, wrongTries } = link;
    const subject = { type: 'user', id: userId };
    const isStillTheirs = (await lockCredentials(tx, userId))?.passwordHash === before;
    if (!passwordRight || !isStillTheirs) {
      await countWrongTry(tx, id);
      if (wrongTries >= WRONG_PASSWORDS_ALLOWED) {
        await revokeLinks(tx, userId, now, ['second_factor']);
        await raiseAlert(tx, now, { kind: 'access.guessing', subject, facts: { tries: wrongTries + 1, from: 'a link' } });
      }
      return { result: undefined as never, subject, refusal: accessProblem.password_refused(say('password_wrong')) };
    }
    const authenticator = await confirmed(context, userId, totp);
    if (!authenticator) return { result: undefined as never, subject, refusal: codeRefused() };
    await replaceAuthenticator(tx, userId, authenticator.sealedSecret, authenticator.step);
    await endPasskeysOf(tx, userId, now);
    await useLink(tx, id, now);
    await revokeLinks(tx, userId, now);
    await endSessionsOf(tx, userId, now, 'second factor replaced');
    await endEnrolmentsOf(tx, userId, now);
    const recoveryCodes = await giveRecoveryCodes(context, userId);
    const result = { recoveryCodes, deviceToken: deviceTokenFor(keyRing, userId, now) };
    return { result, subject, after: { replacedBy: id }, followUps: [noticeTo(userId, 'second_factor_changed')] };
  },
});

const oneself = ({ actor }: CommandContext) => ({ type: 'user', id: actor.id });

/** Begins to set up another authenticator for whoever is signed in. @throws step_up_required */
export const enrolAuthenticator = command<Record<string, never>, TotpEnrolment>({
  name: 'access.enrol_authenticator',
  scope: () => ({}),
  async run(context) {
    const user = await credentialsById(context.tx, context.actor.id);
    if (!user) throw problem.internal_error('The user has gone.');
    return { result: await enrol(context, user.id, user.email), subject: oneself(context) };
  },
});

/** Has the authenticator count that was set up last, and ends the other sessions and every PIN. @throws second_factor_refused; step_up_required */
export const confirmAuthenticator = command<{ totp: string }, undefined>({
  name: 'access.confirm_authenticator',
  scope: () => ({}),
  async run(context, { totp }) {
    const { tx, actor, now } = context;
    const subject = oneself(context);
    const authenticator = await confirmed(context, actor.id, totp);
    if (!authenticator) return { result: undefined, subject, refusal: codeRefused() };
    await replaceAuthenticator(tx, actor.id, authenticator.sealedSecret, authenticator.step);
    await revokeLinks(tx, actor.id, now);
    await endSessionsOf(tx, actor.id, now, 'second factor replaced', actor.sessionId);
    await endEnrolmentsOf(tx, actor.id, now);
    return { result: undefined, subject, followUps: [noticeTo(actor.id, 'second_factor_changed')] };
  },
});

/** Gives whoever is signed in new recovery codes; those before are worth nothing. @throws step_up_required */
export const renewRecoveryCodes = command<Record<string, never>, { recoveryCodes: string[] }>({
  name: 'access.renew_recovery_codes',
  scope: () => ({}),
  async run(context) {
    const recoveryCodes = await giveRecoveryCodes(context, context.actor.id);
    return { result: { recoveryCodes }, subject: oneself(context), followUps: [noticeTo(context.actor.id, 'recovery_codes_replaced')] };
  },
});
