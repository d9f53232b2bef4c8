import { randomBytes } from 'node:crypto';
import { bootstrapUser, type Role, totpCode } from '../../src/access/index.ts';
import type { Clock, Execute } from '../../src/platform/index.ts';
import { ApiClient } from '../support/api-client.ts';

interface Scope {
  readonly programmeId?: string;
  readonly officeId?: string;
  readonly fundId?: string;
}

/** Somebody with an account, an authenticator and, once signed in, a session. */
export interface Member {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly totpSecret: string;
  readonly api: ApiClient;
}

/** The people of the pilot. Everybody but the first administrator is made by that administrator, over the API. */
export class Staff {
  readonly #base: string;
  readonly #clock: Clock;
  readonly #members: Member[] = [];

  constructor(base: string, clock: Clock) {
    this.#base = base;
    this.#clock = clock;
  }

  /** The first account, made at set-up, when there is nobody to make it. */
  async first(execute: Execute): Promise<Member> {
    const member = { name: 'Administrator', email: 'administrator@example.org', password: password() };
    const { totpSecret } = await bootstrapUser(execute, { ...member, displayName: member.name, language: 'en' }, [
      { role: 'administrator' },
    ]);
    return this.#join({ ...member, totpSecret });
  }

  /** An account with one role, signed in with password and authenticator. */
  async hire(administrator: Member, role: Role, name: string, scope: Scope = {}): Promise<Member> {
    const email = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}@example.org`;
    const secret = password();
    const user = await administrator.api.call('createUser', { body: { email, displayName: name, language: 'fr', password: secret } });
    await administrator.api.call('grantRole', { params: { userId: user.id }, body: { role, ...scope } });
    return this.#join({ name, email, password: secret, totpSecret: user.totp.secret });
  }

  /** Signs everybody in again, as they would on another day. */
  async signInAgain(): Promise<void> {
    await Promise.all(this.#members.map((member) => this.#signIn(member)));
  }

  async #join(account: Omit<Member, 'api'>): Promise<Member> {
    const member = { ...account, api: new ApiClient(this.#base) };
    this.#members.push(member);
    await this.#signIn(member);
    return member;
  }

  async #signIn({ api, email, password, totpSecret }: Member): Promise<void> {
    const { token } = await api.call('signIn', { body: { email, password, totp: totpCode(totpSecret, this.#clock.now()) } });
    api.token = token;
  }
}

const password = (): string => randomBytes(15).toString('base64url');
