import supertest from 'supertest';
import type { Mistakes, SoftwareAuthenticator } from './authenticator.ts';
import type { TestPlatform } from './platform.ts';
import { type KnownUser, withToken } from './sign-in.ts';

type Session = ReturnType<typeof withToken>;

/** Registers an authenticator's passkey in a session whose second factor is fresh. @returns the answer */
export async function tryRegister(session: Session, authenticator: SoftwareAuthenticator, mistakes: Mistakes = {}, name = 'Work laptop') {
  const { body: options } = await session.post('/v1/me/passkeys/options').expect(200);
  return session.post('/v1/me/passkeys', { name, credential: authenticator.create(options, mistakes) });
}

/** What whoever gives an address is asked to sign. */
export async function signInOptions(platform: TestPlatform, email: string) {
  const { body } = await supertest(platform.app.http).post('/v1/sessions/passkey-options').send({ email }).expect(200);
  return body as { challenge: string; allowCredentials: { id: string; transports: string[] }[] };
}

/** Gives a password and an answer of a passkey. */
export const trySignInWith = (platform: TestPlatform, { email, password }: KnownUser, passkey: object): supertest.Test =>
  supertest(platform.app.http).post('/v1/sessions').send({ email, password, passkey });

/** Signs in with a password and a passkey. @returns requests in the new session, and its token */
export async function signedInWith(platform: TestPlatform, user: KnownUser, authenticator: SoftwareAuthenticator) {
  const options = await signInOptions(platform, user.email);
  const { body } = await trySignInWith(platform, user, authenticator.get(options)).expect(201);
  return { ...withToken(platform, body.token), token: body.token as string };
}
