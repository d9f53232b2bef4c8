import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { bootstrapUser, type NewRole, totpCode } from '../../src/access/index.ts';
import type { TestPlatform } from './platform.ts';

/** Somebody who can sign in with both factors. */
export interface KnownUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Creates a user with roles, the way first start does. */
export async function makeUser(platform: TestPlatform, ...roles: NewRole[]): Promise<KnownUser> {
  const email = `${randomUUID()}@example.org`;
  const password = 'a long enough password';
  const { id, totpSecret, recoveryCodes } = await bootstrapUser(
    platform.app.execute,
    { email, displayName: 'Amina Benali', language: 'fr', password },
    roles,
  );
  return { id, email, password, secret: totpSecret, recoveryCodes };
}

/** The code that the user's authenticator shows now. A code is good once, so time goes on to the next first. */
export function nextCode(platform: TestPlatform, { secret }: KnownUser): string {
  platform.clock.skip(30_000);
  return totpCode(secret, platform.clock.now());
}

/** Tries to sign in; right unless told otherwise. */
export const trySignIn = (
  platform: TestPlatform,
  user: KnownUser,
  given: { email?: string; password?: string; totp?: string; recoveryCode?: string; deviceToken?: string } = {},
  address = '127.0.0.1',
): supertest.Test =>
  supertest(platform.app.http)
    .post('/v1/sessions')
    .set('X-Forwarded-For', address)
    .send({
      email: user.email,
      password: user.password,
      ...(given.totp || given.recoveryCode ? {} : { totp: nextCode(platform, user) }),
      ...given,
    });

/** Requests with a session's token, or with the one that an answer put in its place; each POST carries a fresh Idempotency-Key. */
export function withToken(platform: TestPlatform, first: string) {
  let token = first;
  const signed = (test: supertest.Test) =>
    test.set('Authorization', `Bearer ${token}`).on('response', ({ body }: supertest.Response) => {
      token = body?.token ?? token;
    });
  return {
    get: (path: string) => signed(supertest(platform.app.http).get(path)),
    delete: (path: string) => signed(supertest(platform.app.http).delete(path)),
    post: (path: string, body?: object) => signed(supertest(platform.app.http).post(path)).set('Idempotency-Key', randomUUID()).send(body),
  };
}

/** Signs in. @returns requests in the new session */
export async function signedIn(platform: TestPlatform, user: KnownUser) {
  const { body } = await trySignIn(platform, user).expect(201);
  return withToken(platform, body.token);
}
