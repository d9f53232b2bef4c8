import { base64url, fromBase64url, utf8 } from './bytes.ts';

/** A key as the Web Cryptography API holds it: where that is a browser, nobody can read it out. */
export type Key = Parameters<typeof crypto.subtle.sign>[1];

/** A public key on P-256 (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const ecdh = { name: 'ECDH', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** What a device knows of itself. */
export interface DeviceKeys {
  readonly deviceId: string;
  /** The key that it is known by. */
  readonly signing: Key;
  /** The secret half of the key that verifiers are made for. */
  readonly agreement: Key;
  /** What opens a pack: an age identity. */
  readonly identity: string;
  /** The public key by which the platform signs packs, as it said when these keys were enrolled. */
  readonly platform: string;
}

/** Signs a text. @returns base64url of r and s, 32 bytes each */
export const signed = async (key: Key, text: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.sign(signing, key, utf8(text))));

/** Whether a text was signed by the holder of one of these keys; a signature that is none is nobody's. */
export async function isSignedBy(keys: readonly PublicJwk[], text: string, signature: string): Promise<boolean> {
  for (const jwk of keys) {
    const key = await crypto.subtle.importKey('jwk', { ...jwk }, ecdsa, false, ['verify']);
    try {
      if (await crypto.subtle.verify(signing, key, fromBase64url(signature), utf8(text))) return true;
    } catch {
      return false;
    }
  }
  return false;
}

/** The lines that a device signs to enrol the keys that packs are locked with. */
export const enrolmentText = (deviceId: string, version: number, recipient: string, { x, y }: Pick<PublicJwk, 'x' | 'y'>): string =>
  ['sanad-offline-keys-1', deviceId, version, recipient, x, y].join('\n');

/** A key pair for agreeing on a pepper with. */
export async function newAgreementPair(): Promise<{ readonly secret: Key; readonly publicJwk: PublicJwk }> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ecdh, true, ['deriveBits']);
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', publicKey);
  return { secret: privateKey, publicJwk: { kty: 'EC', crv: 'P-256', x, y } };
}

/**
 * What two key pairs have in common for one pack (ECDH on P-256, HKDF-SHA-256): the server makes it with a key that it forgets at once, so
 * from then on the device alone can make it, and it is written down nowhere.
 */
export async function pepperOf(secret: Key, theirs: PublicJwk, packId: string): Promise<Key> {
  const { kty, crv, x, y } = theirs;
  const publicKey = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, ecdh, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: publicKey }, secret, 256);
  const material = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: utf8(packId), info: utf8('sanad-offline-verifier') },
    material,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign'],
  );
}
