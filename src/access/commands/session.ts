import { command, type Db, problem, type Text } from '../../platform/index.ts';
import { STEP_UP_MS } from '../authorise.ts';
import { boundTo } from '../challenges.ts';
import { sessionOf } from '../own-session.ts';
import { examineAssertion } from '../passkeys/examine.ts';
import { hasPasskey } from '../passkeys/store.ts';
import { accessProblem } from '../problems.ts';
import type { RelyingParty } from '../relying-party.ts';
import { WRONG_CODES_ALLOWED } from '../rules.ts';
import { type SecondFactor, secondFactorOf, useUp } from '../second-factor.ts';
import { acceptSecondFactor, countWrongCode, ended, endSession, lockSession } from '../sessions.ts';
import { credentialsById } from '../store.ts';
import { say } from '../words.ts';

interface StepUp extends Pick<SecondFactor, 'totp' | 'passkey'> {
  /** Whom passkeys sign for. */
  readonly party: RelyingParty;
}

const adviceFor = async (db: Db, userId: string): Promise<Text> =>
  (await hasPasskey(db, userId)) ? say('passkey_again') : say('code_again');

/**
 * Refreshes the second factor of the actor's session, which goes on under another token. A few wrong codes in a row end the session.
 * @returns the new token, and until when the second factor counts as fresh
 * @throws second_factor_refused when the code or the answer is wrong or was used; unauthenticated when the session has ended, or ends by this
 */
export const stepUp = command<StepUp, { freshUntil: string; token: string }>({
  name: 'access.step_up',
  scope: () => ({}),
  async run({ tx, actor, now, keyRing }, { party, ...given }) {
    if (actor.deviceId !== undefined) throw problem.unprocessable(say('pin_here'));
    const sessionId = sessionOf(actor);
    const subject = { type: 'session', id: sessionId };
    const wrongCodes = await lockSession(tx, sessionId);
    const kept = await credentialsById(tx, actor.id);
    if (!kept) throw ended();
    const asked = { purpose: 'passkey_step_up', boundTo: boundTo(keyRing, 'session', sessionId) } as const;
    const answer = given.passkey && (await examineAssertion(tx, party, asked, given.passkey));
    const factor = secondFactorOf(keyRing, kept, given, now, answer);
    if (factor && (await useUp(tx, actor.id, factor, now))) {
      const token = await acceptSecondFactor(tx, sessionId, now);
      return { result: { freshUntil: new Date(now.getTime() + STEP_UP_MS).toISOString(), token }, subject };
    }
    await countWrongCode(tx, sessionId);
    const last = wrongCodes >= WRONG_CODES_ALLOWED;
    if (last) await endSession(tx, sessionId, now, 'wrong codes');
    const refusal = last ? ended() : accessProblem.second_factor_refused(await adviceFor(tx, actor.id));
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
