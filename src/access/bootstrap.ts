import { command, type Execute } from '../platform/index.ts';
import { giveRecoveryCodes } from './authenticator.ts';
import { grantRole } from './commands/roles.ts';
import { addUser } from './commands/users.ts';
import { hashPassword } from './passwords.ts';
import { activateUser } from './store.ts';
import { system } from './system.ts';
import { newTotpSecret } from './totp.ts';
import { sealTotpSecret } from './totp-secret.ts';
import type { NewRole, NewUser } from './types.ts';

/** Somebody with a password of their own and an authenticator, whom nobody invited. */
interface ReadyUser extends NewUser {
  readonly password: string;
}

interface Ready {
  readonly id: string;
  /** Base32. It is shown nowhere again. */
  readonly totpSecret: string;
  readonly recoveryCodes: string[];
}

/**
 * Creates a user with roles while there is no administrator to invite them: for development, the demonstration and the tests. An operator of
 * a deployment uses `sanad invite-administrator`.
 * @throws as creating the user and granting the roles do
 */
export async function bootstrapUser(execute: Execute, user: ReadyUser, roles: readonly NewRole[]): Promise<Ready> {
  const { email, displayName, language, password } = user;
  const ready = await execute(
    createReadyUser,
    { email, displayName, language, passwordHash: await hashPassword(password) },
    { actor: system },
  );
  for (const role of roles) await execute(grantRole, { ...role, userId: ready.id }, { actor: system });
  return ready;
}

const createReadyUser = command<NewUser & { passwordHash: string }, Ready>({
  name: 'access.create_ready_user',
  scope: () => ({}),
  async run(context, { passwordHash, ...given }) {
    const { id } = await addUser(context, given);
    const totpSecret = newTotpSecret();
    await activateUser(context.tx, id, passwordHash, sealTotpSecret(context.keyRing, id, totpSecret), 0, context.now);
    const recoveryCodes = await giveRecoveryCodes(context, id);
    return { result: { id, totpSecret, recoveryCodes }, subject: { type: 'user', id }, after: { id, ...given } };
  },
});
