import { type Actor, command, type Ground, problem } from '../../platform/index.ts';
import { STEP_UP_MS } from '../authorise.ts';
import { boundTo, useChallenge } from '../challenges.ts';
import type { SignInDoor } from '../commands/sign-in.ts';
import { sessionOf } from '../own-session.ts';
import { accessProblem } from '../problems.ts';
import { acceptSecondFactor } from '../sessions.ts';
import { say } from '../words.ts';
import { examinePin, type PinOnDevice } from './sign-in.ts';
import { lockDevice } from './store.ts';
import { takePin } from './take-pin.ts';

type PinAgain = Omit<PinOnDevice, 'deviceId' | 'userId'>;

/**
 * Takes the PIN again in a session on a device, for what asks for no more than that.
 * @returns the session's new token, and until when the PIN counts as fresh
 * @throws unprocessable in another session; else as signing in on a device does
 */
export async function stepUpOnDevice(
  ground: Ground,
  door: SignInDoor,
  given: PinAgain,
  { actor, address, requestId }: { actor: Actor; address: string; requestId: string },
): Promise<{ freshUntil: string; token: string }> {
  const { deviceId } = actor;
  if (deviceId === undefined) throw problem.unprocessable(say('pin_elsewhere'));
  const examined = await examinePin(ground, door, 'step_up', { ...given, deviceId, userId: actor.id }, address);
  return ground.execute(stepUpWithPin, { deviceId, challenge: given.challenge, ...examined }, { actor, requestId });
}

const stepUpWithPin = command<
  { deviceId: string; challenge: string; enrolmentId: string; isRight: boolean },
  { freshUntil: string; token: string }
>({
  name: 'access.step_up_with_pin',
  scope: () => ({}),
  async run({ tx, actor, now, keyRing }, { deviceId, challenge, enrolmentId, isRight }) {
    const sessionId = sessionOf(actor);
    const subject = { type: 'session', id: sessionId };
    await lockDevice(tx, deviceId);
    const asked = { purpose: 'device_step_up', boundTo: boundTo(keyRing, 'device', deviceId) } as const;
    const isOurs = await useChallenge(tx, now, asked, Buffer.from(challenge, 'base64url'));
    const refusal = isOurs
      ? await takePin(tx, now, { deviceId, userId: actor.id, enrolmentId, isRight })
      : accessProblem.device_refused(say('challenge_refused'));
    if (refusal) return { result: undefined as never, subject, refusal };
    const token = await acceptSecondFactor(tx, sessionId, now);
    return { result: { freshUntil: new Date(now.getTime() + STEP_UP_MS).toISOString(), token }, subject };
  },
});
