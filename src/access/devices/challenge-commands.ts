import { command, type Execution, type Ground, newId } from '../../platform/index.ts';
import { boundTo, type Challenge, giveChallenge, newChallenge } from '../challenges.ts';
import { sessionOf } from '../own-session.ts';
import { isInService } from './store.ts';

/** Something for a device to sign. */
export interface DeviceChallenge {
  readonly deviceId: string;
  /** base64url */
  readonly challenge: string;
  readonly expiresAt: string;
}

/**
 * Asks somebody who is signed in in full to enrol on a device. @returns what the device is to sign, for two minutes in this session; a device that
 *   is not known yet gets its identifier by this
 */
export const askToEnrol = command<{ deviceId?: string | undefined }, DeviceChallenge>({
  name: 'access.ask_to_enrol',
  scope: () => undefined,
  async run({ tx, actor, now, keyRing }, { deviceId = newId() }) {
    const place = `${sessionOf(actor)}/${deviceId}`;
    const { bytes, expiresAt } = await giveChallenge(tx, now, { purpose: 'device_enrolment', boundTo: boundTo(keyRing, 'session', place) });
    const result = { deviceId, challenge: bytes.toString('base64url'), expiresAt: expiresAt.toISOString() };
    return { result, subject: { type: 'device', id: deviceId } };
  },
});

interface Question {
  readonly deviceId: string;
  readonly purpose: 'sign_in' | 'step_up';
}

/**
 * Asks a device to sign for a PIN that will be given on it. One that is not known is asked the same, and nothing is kept of it: nobody
 * writes to the trail by inventing devices.
 */
export async function askDevice({ db, execute, clock }: Ground, question: Question, execution: Execution): Promise<DeviceChallenge> {
  if (await isInService(db, question.deviceId)) return execute(ask, question, execution);
  return described(question.deviceId, newChallenge(clock.now()));
}

const described = (deviceId: string, { bytes, expiresAt }: Challenge): DeviceChallenge => ({
  deviceId,
  challenge: bytes.toString('base64url'),
  expiresAt: expiresAt.toISOString(),
});

const ask = command<Question, DeviceChallenge>({
  name: 'access.ask_device',
  scope: () => ({}),
  async run({ tx, now, keyRing }, { deviceId, purpose }) {
    const asked = { purpose: `device_${purpose}`, boundTo: boundTo(keyRing, 'device', deviceId) } as const;
    return { result: described(deviceId, await giveChallenge(tx, now, asked)), subject: { type: 'device', id: deviceId } };
  },
});
