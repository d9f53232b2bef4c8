import { command, type Ground, type Outcome, problem } from '../../platform/index.ts';
import { isPassword } from '../passwords.ts';
import { pauseAfter, refusalOf } from '../rules.ts';
import { beginSession } from '../sessions.ts';
import { credentialsByEmail, findUser, lockForSignIn, setFailures, takeStep } from '../store.ts';
import { system } from '../system.ts';
import { matchingStep, newTotpSecret } from '../totp.ts';
import { openTotpSecret } from '../totp-secret.ts';
import type { SignedIn } from '../types.ts';

interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly totp: string;
}

/**
 * Signs somebody in with both factors. Every refusal is the same, and takes as long: an unknown address, a wrong password, a wrong or
 * used code, a block and a disabled user cannot be told apart.
 * @throws unauthenticated
 */
export async function signIn(
  { db, execute, keyRing, clock }: Ground,
  { email, password, totp }: Credentials,
  requestId: string,
): Promise<SignedIn> {
  const kept = await credentialsByEmail(db, email.toLowerCase());
  // Argon2 is slow on purpose, so it runs before the transaction, and the command is told what came of it.
  const passwordRight = await isPassword(kept?.passwordHash, password);
  const step = matchingStep(kept ? openTotpSecret(keyRing, kept) : newTotpSecret(), totp, clock.now());
  return execute(openSession, { userId: kept?.id ?? null, passwordRight, step }, { actor: system, requestId });
}

interface Examined {
  /** Null when nobody has that address. */
  readonly userId: string | null;
  readonly passwordRight: boolean;
  /** The time step whose code was given, or null when it was no code of this user. */
  readonly step: number | null;
}

const nobody = '00000000-0000-0000-0000-000000000000';

function refused(userId: string, reason: string): Outcome<never> {
  const refusal = problem.unauthenticated('The address, the password or the code is wrong, or it is too early to try again.');
  return { result: undefined as never, subject: { type: 'user', id: userId }, reason, refusal };
}

/** Opens a session for credentials that were examined, or counts a failure. */
const openSession = command<Examined, SignedIn>({
  name: 'access.sign_in',
  scope: () => ({}),
  async run({ tx, now }, { userId, passwordRight, step }) {
    const state = userId === null ? undefined : await lockForSignIn(tx, userId);
    if (userId === null || !state) return refused(nobody, 'unknown user');
    const fault = refusalOf(state, passwordRight, step, now) ?? (step !== null && (await takeStep(tx, userId, step)) ? null : 'used code');
    if (fault === 'disabled' || fault === 'blocked') return refused(userId, fault);
    if (fault) {
      const failures = state.failures + 1;
      const pause = pauseAfter(failures);
      await setFailures(tx, userId, failures, pause > 0 ? new Date(now.getTime() + pause) : null);
      return refused(userId, fault);
    }
    await setFailures(tx, userId, 0, null);
    const { id, token, expiresAt } = await beginSession(tx, userId, now);
    const found = await findUser(tx, userId, now);
    if (!found) throw problem.internal_error('The user has gone.');
    const { displayName, language, grants } = found;
    return {
      result: { token, expiresAt: expiresAt.toISOString(), user: { id: userId, displayName, language, grants } },
      subject: { type: 'user', id: userId },
      after: { session: id },
    };
  },
});
