import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type CBORType, encodeCBOR } from '@levischuck/tiny-cbor';

/** What a browser and an authenticator may get wrong, or be made to. */
export interface Mistakes {
  readonly origin?: string;
  readonly rpId?: string;
  /** base64url */
  readonly challenge?: string;
  readonly isUserVerified?: boolean;
  readonly isFramed?: boolean;
  readonly type?: string;
  /** What the authenticator says it has counted. */
  readonly signCount?: number;
  /** Whose passkey the browser says it is. */
  readonly credentialId?: string;
}

export interface SoftwareAuthenticator {
  readonly credentialId: string;
  /** What `navigator.credentials.create()` would answer. */
  create(options: { challenge: string }, mistakes?: Mistakes): object;
  /** What `navigator.credentials.get()` would answer. It counts one on. */
  get(options: { challenge: string }, mistakes?: Mistakes): object;
  /** Another that holds the same key and has counted as far. */
  copy(): SoftwareAuthenticator;
}

const here = { origin: 'http://localhost:8080', rpId: 'localhost' };
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

/**
 * An authenticator in software, with one passkey (WebAuthn Level 3 section 6).
 * @param algorithm COSE: -7 is ES256, -8 is EdDSA
 * @param counts whether it counts its signatures; many do not
 */
export function softwareAuthenticator(algorithm: -7 | -8 = -7, counts = true): SoftwareAuthenticator {
  const { privateKey, publicKey } = algorithm === -7 ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  return authenticatorWith({ privateKey, cose: coseKey(publicKey, algorithm), id: randomBytes(32), algorithm, counts, count: 0 });
}

interface State {
  readonly privateKey: KeyObject;
  readonly cose: Uint8Array;
  readonly id: Buffer;
  readonly algorithm: -7 | -8;
  readonly counts: boolean;
  count: number;
}

function authenticatorWith(state: State): SoftwareAuthenticator {
  const credentialId = state.id.toString('base64url');
  return {
    credentialId,
    create({ challenge }, mistakes = {}) {
      const attested = Buffer.concat([Buffer.alloc(16), length16(state.id), state.id, state.cose]);
      const authData = Buffer.concat([authenticatorData(mistakes, ATTESTED, state.count), attested]);
      const attestationObject = encodeCBOR(
        new Map<string, CBORType>([
          ['fmt', 'none'],
          ['attStmt', new Map<string, CBORType>()],
          ['authData', new Uint8Array(authData)],
        ]),
      );
      return answer(credentialId, {
        clientDataJSON: clientData('webauthn.create', challenge, mistakes).toString('base64url'),
        attestationObject: Buffer.from(attestationObject).toString('base64url'),
        transports: ['internal'],
      });
    },
    get({ challenge }, mistakes = {}) {
      if (state.counts) state.count += 1;
      const authData = authenticatorData(mistakes, 0, mistakes.signCount ?? state.count);
      const client = clientData('webauthn.get', challenge, mistakes);
      const signed = Buffer.concat([authData, createHash('sha256').update(client).digest()]);
      const signature = sign(state.algorithm === -7 ? 'sha256' : null, signed, state.privateKey);
      return answer(mistakes.credentialId ?? credentialId, {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
      });
    },
    copy: () => authenticatorWith({ ...state }),
  };
}

const answer = (id: string, response: object): object => ({
  id,
  rawId: id,
  type: 'public-key',
  authenticatorAttachment: 'platform',
  clientExtensionResults: {},
  response,
});

const clientData = (type: string, challenge: string, mistakes: Mistakes): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: mistakes.type ?? type,
      challenge: mistakes.challenge ?? challenge,
      origin: mistakes.origin ?? here.origin,
      crossOrigin: mistakes.isFramed ?? false,
    }),
  );

function authenticatorData(mistakes: Mistakes, flags: number, count: number): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(count);
  return Buffer.concat([
    createHash('sha256')
      .update(mistakes.rpId ?? here.rpId)
      .digest(),
    Buffer.from([USER_PRESENT | (mistakes.isUserVerified === false ? 0 : USER_VERIFIED) | flags]),
    counter,
  ]);
}

function length16(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return length;
}

/** A public key as COSE writes it (RFC 9053 section 7). */
function coseKey(key: KeyObject, algorithm: -7 | -8): Uint8Array {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  const parts: [number, number | Uint8Array][] =
    algorithm === -7
      ? [
          [1, 2],
          [3, algorithm],
          [-1, 1],
          [-2, bytes(x)],
          [-3, bytes(y)],
        ]
      : [
          [1, 1],
          [3, algorithm],
          [-1, 6],
          [-2, bytes(x)],
        ];
  return new Uint8Array(encodeCBOR(new Map(parts)));
}
