import type { Db } from '../../platform/index.ts';
import type { Asked } from '../challenges.ts';
import type { RelyingParty } from '../relying-party.ts';
import { readClientData } from './client-data.ts';
import { keyByCredentialId } from './store.ts';
import type { Assertion, PasskeyAnswer } from './types.ts';
import { verifyAssertion } from './verify.ts';

/** A key that nobody has the other half of, so that an unknown passkey takes as long (COSE_Key, ES256; the base point of P-256). */
const decoy = Buffer.from(
  'a50102032620012158206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2962258204fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  'hex',
);

/**
 * Finds out who signed an assertion. Nothing counts before {@link acceptPasskey} has used the challenge up.
 * @returns the challenge that was signed, whoever it was given to; no signer when the signature is not as it must be, or the passkey unknown
 */
export async function examineAssertion(db: Db, party: RelyingParty, asked: Asked, assertion: Assertion): Promise<PasskeyAnswer> {
  const key = await keyByCredentialId(db, Buffer.from(assertion.id, 'base64url'));
  const challenge = readClientData(assertion.response.clientDataJSON)?.challenge ?? Buffer.alloc(0);
  const signCount = await verifyAssertion(party, { challenge, publicKey: key?.publicKey ?? decoy }, assertion);
  const signer = key && signCount !== null ? { passkeyId: key.id, userId: key.userId, signCount } : null;
  return { asked, challenge, signer };
}
