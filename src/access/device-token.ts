import { equalSecrets, isId, type KeyRing, newId } from '../platform/index.ts';

/** How long a device is known after the last sign-in from it. */
const KNOWN_MS = 180 * 86_400_000;

/** Stands for every device that an account does not know. */
export const STRANGER = '00000000-0000-0000-0000-000000000000';

const seal = (keyRing: KeyRing, userId: string, device: string): string =>
  keyRing.blindIndex('known-device', `${userId}/${device}`).toString('base64url');

/**
 * What a device keeps of a sign-in: by it the next one is told from a stranger's. It opens nothing, and holds for one user alone.
 * @param deviceId the device's own, when it is known already
 */
export function deviceTokenFor(keyRing: KeyRing, userId: string, now: Date, deviceId: string = newId()): string {
  const device = `${deviceId}.${Math.floor(now.getTime() / 1000)}`;
  return `${device}.${seal(keyRing, userId, device)}`;
}

/** The device that a token names; {@link STRANGER} when it is not one of ours for this user, or too old. */
export function deviceOf(keyRing: KeyRing, userId: string, token: string | undefined, now: Date): string {
  const [id = '', seconds = '', mac = ''] = (token ?? '').split('.');
  const isOurs = equalSecrets(seal(keyRing, userId, `${id}.${seconds}`), mac);
  return isOurs && isId(id) && Number(seconds) * 1000 + KNOWN_MS > now.getTime() ? id : STRANGER;
}
