import { type Bytes, base64url, utf8 } from './bytes.ts';
import type { Key } from './keys.ts';

/**
 * scrypt (RFC 7914) with r = 8 and p = 1. The Web Cryptography API has no hash that is slow and wants memory, so whoever runs this brings one.
 * @param workFactor the base-two logarithm of N
 * @returns 64 bytes
 */
export type SlowHash = (secret: Bytes, salt: Bytes, workFactor: number) => Promise<Bytes>;

/** What a code comes to for one voucher of one pack. */
export interface Stretched {
  /** By this, with the pepper, a device tells the right code. */
  readonly check: Bytes;
  /** By this, which no pack holds, whoever typed the right code proves it. */
  readonly proof: Bytes;
}

/**
 * Stretches a code.
 * @param digits the nine digits of the code
 * @param place the pack and the serial: the same code is something else in each
 */
export async function stretch(slow: SlowHash, digits: string, place: string, workFactor: number): Promise<Stretched> {
  const salt = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(`sanad-offline-salt/${place}`)));
  const bytes = await slow(utf8(digits), salt, workFactor);
  return { check: bytes.slice(0, 32), proof: bytes.slice(32, 64) };
}

export const saltOf = (packId: string, serial: string): string => `${packId}/${serial}`;

const mac = async (key: Key, bytes: Bytes): Promise<string> => base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes)));

/** What a pack holds of a code. */
export const verifierOf = (pepper: Key, { check }: Stretched): Promise<string> => mac(pepper, check);

/** What a pay-out is proved by: that the code was there when these words were written. */
export async function proofOf({ proof }: Stretched, words: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', proof, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return mac(key, utf8(words));
}
