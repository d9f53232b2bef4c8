import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bootstrapUser, type Role, totpCode } from '../../src/access/index.ts';
import { type Execute, mailOutboxFile, type ShiftedClock } from '../../src/platform/index.ts';
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

/** How long an authenticator shows a code. */
const CODE_MS = 30_000;

/** The mail that people are sent, which stands in a file. */
export interface Mailboxes {
  readonly dataDir: string;
  /** Resolves when everything that has to be sent is sent. */
  drained(): Promise<void>;
}

/** The people of the pilot. Everybody but the first administrator is invited by that administrator, over the API. */
export class Staff {
  readonly #base: string;
  readonly #clock: ShiftedClock;
  readonly #mailboxes: Mailboxes;
  readonly #members: Member[] = [];
  /** When each gave their second factor last. */
  readonly #freshAt = new Map<Member, Date>();

  constructor(base: string, clock: ShiftedClock, mailboxes: Mailboxes) {
    this.#base = base;
    this.#clock = clock;
    this.#mailboxes = mailboxes;
  }

  /** The first account, made at set-up, when there is nobody to make it. */
  async first(execute: Execute): Promise<Member> {
    const member = { name: 'Administrator', email: 'administrator@example.org', password: password() };
    const { totpSecret } = await bootstrapUser(execute, { ...member, displayName: member.name, language: 'en' }, [
      { role: 'administrator' },
    ]);
    return this.#join({ ...member, totpSecret });
  }

  /** Somebody with one role, who was invited, chose a password, set up an authenticator, and has signed in. */
  async hire(administrator: Member, role: Role, name: string, scope: Scope = {}): Promise<Member> {
    const email = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}@example.org`;
    await this.#freshen(administrator);
    const user = await administrator.api.call('createUser', { body: { email, displayName: name, language: 'fr' } });
    await administrator.api.call('grantRole', { params: { userId: user.id }, body: { role, ...scope } });
    const token = await this.#linkSentTo(email);
    const stranger = new ApiClient(this.#base);
    const { totp } = await stranger.call('openLink', { body: { token } });
    const totpSecret = totp?.secret ?? '';
    const secret = password();
    // A code is good once: the one before this is still taken, and leaves this one for signing in. Unless it has just become too old.
    const accept = () => {
      const totpBefore = totpCode(totpSecret, new Date(this.#clock.now().getTime() - CODE_MS));
      return stranger.refusal('acceptInvitation', { body: { token, password: secret, totp: totpBefore } });
    };
    if ((await accept()) && (await accept())) throw new Error(`${name} could not accept the invitation`);
    return this.#join({ name, email, password: secret, totpSecret });
  }

  async #linkSentTo(email: string): Promise<string> {
    await this.#mailboxes.drained();
    const mails = (await readFile(mailOutboxFile(this.#mailboxes.dataDir), 'utf8')).split('\n').filter(Boolean);
    const mail = mails.map((line) => JSON.parse(line) as { to: string; text: string }).findLast(({ to }) => to === email);
    return /#(\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
  }

  /** Signs everybody in again, as they would on another day. */
  async signInAgain(): Promise<void> {
    this.#clock.skip(CODE_MS); // a code is good once
    await Promise.all(this.#members.map((member) => this.#signIn(member)));
  }

  async #join(account: Omit<Member, 'api'>): Promise<Member> {
    const member = { ...account, api: new ApiClient(this.#base) };
    this.#members.push(member);
    await this.#signIn(member);
    return member;
  }

  async #signIn(member: Member): Promise<void> {
    const { api, email, password, totpSecret } = member;
    const now = this.#clock.now();
    const { token } = await api.call('signIn', { body: { email, password, totp: totpCode(totpSecret, now) } });
    api.token = token;
    this.#freshAt.set(member, now);
  }

  /** Gives a second factor again that would soon be too old. */
  async #freshen(member: Member): Promise<void> {
    const now = this.#clock.now();
    if (now.getTime() - (this.#freshAt.get(member)?.getTime() ?? 0) < 4 * 60_000) return;
    const { token } = await member.api.call('stepUp', { body: { totp: totpCode(member.totpSecret, now) } });
    member.api.token = token;
    this.#freshAt.set(member, now);
  }
}

const password = (): string => randomBytes(15).toString('base64url');
