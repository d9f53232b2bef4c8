import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type CryptoPlugin, generateSync } from 'otplib';

/** Whether two secrets are equal, in a time that does not tell where they differ. */
export function equalSecrets(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

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
