import { randomInt } from 'node:crypto';
import { hasMod97Digits, mod97Digits } from '../platform/index.ts';

const RANDOM_DIGITS = 12;

/** A new public serial: twelve random digits and two check digits (ISO 7064 MOD 97-10). */
export function newSerial(): string {
  const digits = String(randomInt(10 ** RANDOM_DIGITS)).padStart(RANDOM_DIGITS, '0');
  return digits + mod97Digits(digits);
}

/** Whether a serial was copied without a mistake. */
export const isSerial = (text: string): boolean => /^\d{14}$/.test(text) && hasMod97Digits(text);
