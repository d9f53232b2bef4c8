import type { KeyRing, UnderMaster } from '../../platform/index.ts';
import { hashPassword, isPassword } from '../passwords.ts';

export const pins = {
  table: 'device_enrolments',
  column: 'pin_hash',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `device-enrolment/${id}`,
  purpose: 'device-pin',
} as const satisfies UnderMaster;

// A million PINs are tried in hours against a bare hash, whatever it costs. So the hash is sealed: without a master key there is
// nothing to try against, and with the others it is sealed anew when the master keys change.
/** What is kept of a PIN: its argon2id hash, sealed, good in one row alone. */
export const sealPin = async (keyRing: KeyRing, enrolmentId: string, pin: string): Promise<Buffer> =>
  keyRing.seal(pins.purpose, pins.place({ id: enrolmentId }), await hashPassword(pin));

/** Whether a PIN is the one that was chosen; takes as long, and is false, without an enrolment. */
export const isPin = (
  keyRing: KeyRing,
  enrolment: { readonly id: string; readonly pinHash: Buffer } | null,
  pin: string,
): Promise<boolean> =>
  isPassword(enrolment ? keyRing.open(pins.purpose, pins.place({ id: enrolment.id }), enrolment.pinHash) : undefined, pin);
