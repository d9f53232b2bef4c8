import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { RelyingParty } from '../relying-party.ts';
import { readClientData } from './client-data.ts';
import type { Assertion, Attestation, NewPasskey } from './types.ts';

/** EdDSA, ES256 and RS256 (IANA COSE algorithms): between them, every authenticator that is sold. */
export const algorithms = [-8, -7, -257];

/**
 * Checks an assertion as WebAuthn Level 3 section 7.2 says, with the user verified; the signature counter is left to the caller, because what
 * it says counts only once the signature is known to be right.
 * @param publicKey COSE_Key
 * @returns what the authenticator has counted, or null when anything is wrong
 */
export async function verifyAssertion(
  { id, origin }: RelyingParty,
  { challenge, publicKey }: { readonly challenge: Buffer; readonly publicKey: Buffer },
  assertion: Assertion,
): Promise<number | null> {
  if (readClientData(assertion.response.clientDataJSON)?.isFramed !== false) return null;
  const credential = { id: assertion.id, publicKey: new Uint8Array(publicKey), counter: 0 };
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: assertion as AuthenticationResponseJSON,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: origin,
      expectedRPID: id,
      credential,
      requireUserVerification: true,
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null; // the library's way of saying no
  }
}

/**
 * Checks a new passkey as WebAuthn Level 3 section 7.1 says, with the user verified and no attestation looked for.
 * @returns what is kept of it, or null when anything is wrong
 */
export async function verifyAttestation(
  { id, origin }: RelyingParty,
  challenge: Buffer,
  attestation: Attestation,
): Promise<Pick<NewPasskey, 'credentialId' | 'publicKey' | 'transports' | 'isSynced' | 'signCount'> | null> {
  if (readClientData(attestation.response.clientDataJSON)?.isFramed !== false) return null;
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: attestation as RegistrationResponseJSON,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified) return null;
    const { credential, credentialDeviceType } = registrationInfo;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      transports: attestation.response.transports ?? [],
      isSynced: credentialDeviceType === 'multiDevice',
      signCount: credential.counter,
    };
  } catch {
    return null;
  }
}
