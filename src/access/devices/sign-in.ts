import { command, type Ground, networkOf, type Outcome, problem } from '../../platform/index.ts';
import { boundTo, useChallenge } from '../challenges.ts';
import type { SignInDoor } from '../commands/sign-in.ts';
import { deviceTokenFor } from '../device-token.ts';
import { accessProblem } from '../problems.ts';
import { currentUser } from '../queries.ts';
import { beginSession, type SessionOptions } from '../sessions.ts';
import { lockCredentials } from '../store.ts';
import { system } from '../system.ts';
import type { SignedIn } from '../types.ts';
import { say } from '../words.ts';
import { isPin } from './pin.ts';
import { deviceSession, grantOf, grantsOnDevice, isInUse, wrongSignatures } from './rules.ts';
import { isSigned } from './signature.ts';
import { findSeat, lockDevice } from './store.ts';
import { takePin } from './take-pin.ts';
import type { DeviceSeat, SignedChallenge } from './types.ts';

/** Somebody's PIN on a device, and what the device has signed. */
export interface PinOnDevice extends SignedChallenge {
  readonly deviceId: string;
  readonly userId: string;
  readonly pin: string;
}

const refused = () => accessProblem.device_refused(say('device_unrecognised'));

/**
 * Looks at a PIN, once the device has signed for it: whoever has not the device's key cannot try a PIN, nor use tries up. What does not fit is
 * counted by network address alone.
 * @returns the enrolment, and whether the PIN is its own
 * @throws device_refused, in the same words for whatever is wrong with the device; too_many_requests
 */
export async function examinePin(
  { db, keyRing, clock }: Ground,
  { party, limits }: SignInDoor,
  purpose: 'sign_in' | 'step_up',
  { deviceId, userId, pin, ...signed }: PinOnDevice,
  address: string,
): Promise<{ enrolmentId: string; isRight: boolean }> {
  const seat = await findSeat(db, deviceId, userId);
  const statement = { origin: party.origin, purpose, deviceId, userId, challenge: signed.challenge };
  if (!seat || !isSigned(seat.publicKey, statement, signed)) {
    await limits.take(wrongSignatures, networkOf(address));
    throw refused();
  }
  const enrolment = inUse(seat, clock.now());
  const isRight = await isPin(keyRing, enrolment, pin);
  if (!enrolment) throw refused();
  return { enrolmentId: enrolment.id, isRight };
}

const inUse = ({ enrolment }: DeviceSeat, now: Date): DeviceSeat['enrolment'] =>
  enrolment && isInUse(enrolment.lastUsedAt, now) ? enrolment : null;

/**
 * Signs somebody in on a device with their PIN, for work at its counter.
 * @throws device_refused; pin_refused saying how many tries are left; device_locked
 */
export async function signInOnDevice(
  ground: Ground,
  door: SignInDoor,
  given: PinOnDevice,
  { address, requestId }: { address: string; requestId: string },
  session: SessionOptions,
): Promise<SignedIn> {
  const examined = await examinePin(ground, door, 'sign_in', given, address);
  const { deviceId, userId, challenge } = given;
  return ground.execute(openDeviceSession, { deviceId, userId, challenge, session, ...examined }, { actor: system, requestId });
}

interface Examined {
  readonly deviceId: string;
  readonly userId: string;
  readonly challenge: string;
  readonly enrolmentId: string;
  readonly isRight: boolean;
  readonly session: SessionOptions;
}

const openDeviceSession = command<Examined, SignedIn>({
  name: 'access.sign_in_on_device',
  scope: () => ({}),
  async run({ tx, now, keyRing }, { deviceId, userId, challenge, enrolmentId, isRight, session }): Promise<Outcome<SignedIn>> {
    const subject = { type: 'user', id: userId };
    const kept = await lockCredentials(tx, userId);
    const officeId = await lockDevice(tx, deviceId);
    const asked = { purpose: 'device_sign_in', boundTo: boundTo(keyRing, 'device', deviceId) } as const;
    const isOurs = await useChallenge(tx, now, asked, Buffer.from(challenge, 'base64url'));
    const nothing = { result: undefined as never, subject };
    if (!officeId || !isOurs) return { ...nothing, reason: 'no such challenge or device', refusal: refused() };
    const scope = { office: officeId };
    const user = await currentUser(tx, userId, now);
    if (!kept || !user) throw problem.internal_error('The user has gone.');
    const grants = user.grants.filter((grant) => grantsOnDevice([grantOf(grant)], officeId).length > 0);
    if (kept.disabledAt || grants.length === 0) return { ...nothing, scope, reason: 'no role at this office', refusal: refused() };
    const refusal = await takePin(tx, now, { deviceId, userId, enrolmentId, isRight });
    if (refusal) return { ...nothing, scope, reason: isRight ? 'locked' : 'wrong PIN', refusal };
    const { id, token, expiresAt } = await beginSession(tx, userId, now, { ...session, ...deviceSession, enrolmentId });
    const deviceToken = deviceTokenFor(keyRing, userId, now);
    return {
      result: { token, expiresAt: expiresAt.toISOString(), deviceToken, user: { ...user, grants } },
      subject,
      scope,
      after: { session: id, deviceId },
    };
  },
});
