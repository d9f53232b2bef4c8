import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type CryptoPlugin, generateSync } from 'otplib';

/** Whether two secrets are equal, in a time that does not tell where they differ. */
export function equalSecrets(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** What somebody typed, in European, Arabic-Indic or Persian digits, without the spaces, hyphens and invisible marks that stand between them. */
export const plainDigits = (text: string): string =>
  text.replaceAll(/[\s\p{Cf}-]/gu, '').replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));

/** Node's own cryptography, for one-time passwords (RFC 4226 and RFC 6238). */
export const otpCrypto: CryptoPlugin = {
  name: 'node',
  algorithms: ['sha1'],
  hmac: (algorithm, key, data) => createHmac(algorithm, key).update(data).digest(),
  randomBytes: (length) => randomBytes(length),
  constantTimeEqual: equalSecrets,
};

/**
 * An HMAC-based one-time password (RFC 4226).
 * @param key at least 16 bytes
 */
export const hotp = (key: Buffer, counter: number, digits: number): string =>
  generateSync({ strategy: 'hotp', secret: key, counter, digits, crypto: otpCrypto });
