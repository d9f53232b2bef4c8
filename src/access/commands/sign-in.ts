import { command, type Ground, networkOf, type Outcome, problem, type RateLimits } from '../../platform/index.ts';
import { boundTo } from '../challenges.ts';
import { deviceOf, deviceTokenFor, STRANGER } from '../device-token.ts';
import { forgetFailures, lockFailures } from '../failure-store.ts';
import { countFailure, countTry } from '../failures.ts';
import { examineAssertion } from '../passkeys/examine.ts';
import { hashPassword, isOutdated, isPassword } from '../passwords.ts';
import { currentUser } from '../queries.ts';
import { noteRecoveryCode } from '../recovery-alert.ts';
import type { RelyingParty } from '../relying-party.ts';
import { FAILURES_COUNT_MS, rates, refusalOf } from '../rules.ts';
import { type ProvenFactor, type SecondFactor, secondFactorOf, useUp } from '../second-factor.ts';
import { beginSession, type SessionOptions } from '../sessions.ts';
import { credentialsByEmail, isUnchanged, lockCredentials, renewHash, type Secrets } from '../store.ts';
import { system } from '../system.ts';
import type { SignedIn } from '../types.ts';
import { say } from '../words.ts';

/** What somebody signs in with: a password, one second factor, and what their device kept of an earlier time. */
export interface Credentials extends SecondFactor {
  readonly email: string;
  readonly password: string;
  readonly deviceToken?: string | undefined;
}

/** What stands at the door. */
export interface SignInDoor {
  readonly limits: RateLimits;
  /** Whom passkeys sign for. */
  readonly party: RelyingParty;
}

/** Where a request comes from. */
interface Origin {
  readonly address: string;
  readonly requestId: string;
}

const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * Signs somebody in with both factors. Every refusal is the same, and takes as long: an unknown address, a wrong password, a wrong or
 * used code, a pause and a disabled user cannot be told apart.
 * @throws invalid_request without exactly one second factor; unauthenticated; too_many_requests when too much came to nothing from this network address
 */
export async function signIn(
  { db, execute, keyRing, clock }: Ground,
  { limits, party }: SignInDoor,
  { email, password, deviceToken, ...given }: Credentials,
  { address, requestId }: Origin,
  session: SessionOptions = {},
): Promise<SignedIn> {
  if (Object.values(given).filter((factor) => factor !== undefined).length !== 1) {
    throw problem.invalid_request(say('factors_many'));
  }
  const kept = await credentialsByEmail(db, email.toLowerCase());
  const userId = kept?.id ?? nobody;
  const deviceId = deviceOf(keyRing, userId, deviceToken, clock.now());
  const origin = deviceId === STRANGER ? networkOf(address) : deviceId;
  await limits.take(rates.signIns, origin);
  // Argon2 is slow on purpose, so it runs before the transaction, and the command is told what came of it.
  const passwordRight = await isPassword(kept?.passwordHash, password);
  const asked = { purpose: 'passkey_sign_in', boundTo: boundTo(keyRing, 'email', email.toLowerCase()) } as const;
  const answer = given.passkey && (await examineAssertion(db, party, asked, given.passkey));
  const factor = secondFactorOf(keyRing, kept, given, clock.now(), answer);
  const secrets = { passwordHash: kept?.passwordHash ?? null, sealedSecret: kept?.sealedSecret ?? null };
  const outdated = passwordRight && kept?.passwordHash && isOutdated(kept.passwordHash) ? kept.passwordHash : undefined;
  const renewed = outdated && { before: outdated, after: await hashPassword(password) };
  const signedIn = await execute(
    openSession,
    { userId, deviceId, secrets, passwordRight, factor, renewed, session },
    { actor: system, requestId },
  );
  await limits.giveBack(rates.signIns, origin);
  return signedIn;
}

interface Examined {
  /** Nil when nobody has that address. */
  readonly userId: string;
  readonly deviceId: string;
  /** What the password and the factor were held against. */
  readonly secrets: Secrets;
  readonly passwordRight: boolean;
  readonly factor: ProvenFactor | null;
  /** The same password's hash, made with today's parameters. */
  readonly renewed: { readonly before: string; readonly after: string } | undefined;
  /** How the session is to be held. */
  readonly session: SessionOptions;
}

function refused(userId: string, reason: string): Outcome<never> {
  const refusal = problem.unauthenticated(say('sign_in_refused'));
  return { result: undefined as never, subject: { type: 'user', id: userId }, reason, refusal };
}

/** Opens a session for credentials that were examined, or counts a failure: also when they were replaced since they were examined. */
const openSession = command<Examined, SignedIn>({
  name: 'access.sign_in',
  scope: () => ({}),
  async run({ tx, now, keyRing }, { userId, deviceId, secrets, passwordRight, factor, renewed, session }) {
    const kept = await lockCredentials(tx, userId);
    if (!kept) return refused(userId, 'unknown user');
    const before = await lockFailures(tx, userId, deviceId, now, new Date(now.getTime() - FAILURES_COUNT_MS));
    const isRight = passwordRight && isUnchanged(secrets, kept);
    const state = { disabledAt: kept.disabledAt, pausedUntil: before.pausedUntil };
    const fault =
      refusalOf(state, isRight, factor !== null, now) ?? (factor && (await useUp(tx, userId, factor, now)) ? null : 'used code');
    if (fault) {
      const count = fault === 'disabled' || fault === 'paused' ? countTry : countFailure;
      await count(tx, now, { userId, deviceId, ...before });
      return refused(userId, fault);
    }
    await forgetFailures(tx, userId, deviceId);
    if (renewed) await renewHash(tx, userId, renewed.before, renewed.after);
    const { id, token, expiresAt } = await beginSession(tx, userId, now, session);
    const user = await currentUser(tx, userId, now);
    if (!user) throw problem.internal_error('The user has gone.');
    const deviceToken = deviceTokenFor(keyRing, userId, now, deviceId === STRANGER ? undefined : deviceId);
    return {
      result: { token, expiresAt: expiresAt.toISOString(), deviceToken, user },
      subject: { type: 'user', id: userId },
      after: { session: id },
      followUps: factor?.kind === 'recovery_code' ? await noteRecoveryCode(tx, now, user) : [],
    };
  },
});
