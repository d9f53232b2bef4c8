import type { Problem, Tx } from '../../platform/index.ts';
import { raiseAlert } from '../alerts.ts';
import { accessProblem } from '../problems.ts';
import { say } from '../words.ts';
import { WRONG_PINS_ALLOWED, WRONG_PINS_TO_ALERT } from './rules.ts';
import { countWrongPin, countWrongPinOfDay, noteRightPin } from './store.ts';

const locked = () => accessProblem.device_locked(say('pins_locked'));

/**
 * Lets a PIN count that was given on a device, whose key has signed and whose row is locked. The fifth wrong one locks the device for everybody
 * on it, and an administrator is told; so they are of the tenth in a day, though somebody gives a right one between the others.
 * @returns why it is refused, or undefined
 */
export async function takePin(
  tx: Tx,
  now: Date,
  {
    deviceId,
    userId,
    enrolmentId,
    isRight,
  }: { readonly deviceId: string; readonly userId: string; readonly enrolmentId: string; readonly isRight: boolean },
): Promise<Problem | undefined> {
  if (isRight) return (await noteRightPin(tx, enrolmentId, now)) ? undefined : locked();
  const wrongPins = await countWrongPin(tx, deviceId, enrolmentId, now);
  if (wrongPins === undefined) return locked();
  const subject = { type: 'device', id: deviceId };
  const thatDay = await countWrongPinOfDay(tx, deviceId, now);
  if (thatDay === WRONG_PINS_TO_ALERT) {
    await raiseAlert(tx, now, { kind: 'access.many_wrong_pins', subject, by: userId, facts: { wrongPins: thatDay } });
  }
  const left = WRONG_PINS_ALLOWED - wrongPins;
  if (left > 0) {
    return accessProblem.pin_refused(say('pin_wrong', { left }), { left });
  }
  await raiseAlert(tx, now, { kind: 'access.device_locked', subject, by: userId, facts: { wrongPins } });
  return locked();
}
