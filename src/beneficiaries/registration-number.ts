import { randomInt } from 'node:crypto';
import { dammDigit } from '../platform/index.ts';

/** A new registration number: nine random digits, which tell nothing about the person, and their Damm digit. */
export function newRegistrationNumber(): string {
  const digits = String(randomInt(1_000_000_000)).padStart(9, '0');
  return digits + dammDigit(digits);
}
