import type { ResponseBody } from '../../platform/index.ts';
import { CHALLENGE_LIFE_MS } from '../challenges.ts';
import type { RelyingParty } from '../relying-party.ts';
import type { User } from '../types.ts';
import type { Descriptor } from './types.ts';
import { algorithms } from './verify.ts';

/** What `navigator.credentials.create()` is called with, as JSON. */
export type CreationOptions = ResponseBody<'askForPasskeyRegistration'>;

/** What `navigator.credentials.get()` is called with, as JSON. */
export type RequestOptions = ResponseBody<'askForPasskeySignIn'>;

const described = (passkeys: readonly Descriptor[]) => passkeys.map((passkey) => ({ ...passkey, type: 'public-key' as const }));

/** How a passkey is to be made: with the user verified, no attestation asked for, and not where there is one already. */
export const creationOptions = (
  { id }: RelyingParty,
  challenge: Buffer,
  user: Pick<User, 'id' | 'email' | 'displayName'>,
  existing: readonly Descriptor[],
): CreationOptions => ({
  rp: { id, name: 'Sanad' },
  user: {
    id: Buffer.from(user.id.replaceAll('-', ''), 'hex').toString('base64url'),
    name: user.email,
    displayName: user.displayName,
  },
  challenge: challenge.toString('base64url'),
  pubKeyCredParams: algorithms.map((alg) => ({ alg, type: 'public-key' })),
  timeout: CHALLENGE_LIFE_MS,
  attestation: 'none',
  excludeCredentials: described(existing),
  authenticatorSelection: { residentKey: 'preferred', requireResidentKey: false, userVerification: 'required' },
});

/** What a passkey is asked to sign. */
export const requestOptions = ({ id }: RelyingParty, challenge: Buffer, passkeys: readonly Descriptor[]): RequestOptions => ({
  rpId: id,
  challenge: challenge.toString('base64url'),
  timeout: CHALLENGE_LIFE_MS,
  userVerification: 'required',
  allowCredentials: described(passkeys),
});
