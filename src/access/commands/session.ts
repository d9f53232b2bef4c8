import { type Actor, command } from '../../platform/index.ts';
import { STEP_UP_MS } from '../authorise.ts';
import { accessProblem } from '../problems.ts';
import { WRONG_CODES_ALLOWED } from '../rules.ts';
import { acceptSecondFactor, countWrongCode, ended, endSession, lockSession } from '../sessions.ts';
import { credentialsById, takeStep } from '../store.ts';
import { matchingStep } from '../totp.ts';
import { openTotpSecret } from '../totp-secret.ts';

function sessionOf({ sessionId }: Actor): string {
  if (!sessionId) throw ended();
  return sessionId;
}

/**
 * Refreshes the second factor of the actor's session. A few wrong codes in a row end the session.
 * @returns until when the second factor counts as fresh
 * @throws second_factor_refused when the code is wrong or was used; unauthenticated when the session has ended, or ends by this
 */
export const stepUp = command<{ totp: string }, { freshUntil: string }>({
  name: 'access.step_up',
  scope: () => ({}),
  async run({ tx, actor, now, keyRing }, { totp }) {
    const sessionId = sessionOf(actor);
    const subject = { type: 'session', id: sessionId };
    const wrongCodes = await lockSession(tx, sessionId);
    const kept = await credentialsById(tx, actor.id);
    if (!kept) throw ended();
    const step = matchingStep(openTotpSecret(keyRing, kept), totp, now);
    if (step !== null && (await takeStep(tx, actor.id, step))) {
      await acceptSecondFactor(tx, sessionId, now);
      return { result: { freshUntil: new Date(now.getTime() + STEP_UP_MS).toISOString() }, subject };
    }
    await countWrongCode(tx, sessionId);
    const last = wrongCodes >= WRONG_CODES_ALLOWED;
    if (last) await endSession(tx, sessionId, now);
    const refusal = last ? ended() : accessProblem.second_factor_refused('Wait for the next code of your authenticator, then send that.');
    return { result: undefined as never, subject, refusal };
  },
});

/** Ends the actor's session at once. */
export const signOut = command<Record<string, never>, undefined>({
  name: 'access.sign_out',
  scope: () => ({}),
  async run({ tx, actor, now }) {
    const sessionId = sessionOf(actor);
    await endSession(tx, sessionId, now);
    return { result: undefined, subject: { type: 'session', id: sessionId } };
  },
});
