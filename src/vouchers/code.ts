import { dammDigit, equalSecrets, hasDammDigit, hotp, type KeyRing, plainDigits } from '../platform/index.ts';

const HOTP_DIGITS = 8;
const CODE_DIGITS = HOTP_DIGITS + 1;

/** What a voucher's code is derived from. */
export interface CodeSource {
  readonly id: string;
  readonly keyVersion: number;
  /** Goes up on each reissue, which makes another code. */
  readonly counter: number;
}

/**
 * The secret code of a voucher: eight HOTP digits and their Damm check digit. It is derived whenever it is needed and
 * must not be stored, logged or queued.
 * @returns nine digits
 */
export function codeOf(keyRing: KeyRing, { id, keyVersion, counter }: CodeSource): string {
  const digits = hotp(keyRing.derive(keyVersion, 'voucher-code', id), counter, HOTP_DIGITS);
  return digits + dammDigit(digits);
}

/** A code as people read it: `123 456 789`. */
export const showCode = (code: string): string => code.replaceAll(/(\d{3})(?=\d)/g, '$1 ');

/** A code as somebody typed it. */
export interface TypedCode {
  readonly digits: string;
  /** Whether it is nine digits of which the last is the right check digit. If not, it was mistyped. */
  readonly isIntact: boolean;
}

/** Reads a code in European, Arabic-Indic or Persian digits, with whatever spaces and invisible marks stand between them. */
export function readCode(text: string): TypedCode {
  const digits = plainDigits(text);
  return { digits, isIntact: digits.length === CODE_DIGITS && hasDammDigit(digits) };
}

/**
 * Whether typed digits are a voucher's code, compared in constant time. The key of a voucher that is over may have been retired: then nothing is
 * its code any more.
 */
export const isCodeOf = (keyRing: KeyRing, voucher: CodeSource, digits: string): boolean =>
  keyRing.has(voucher.keyVersion) && equalSecrets(codeOf(keyRing, voucher), digits);
