import type { Execute } from '../platform/index.ts';
import { grantRole } from './commands/roles.ts';
import { createUser } from './commands/users.ts';
import { system } from './system.ts';
import type { NewRole, NewUser } from './types.ts';

/**
 * Creates a user with roles while there is no administrator to do it: at first start and for the demonstration.
 * @returns the user's identifier and the TOTP secret (Base32), which is shown nowhere again
 * @throws as creating the user and granting the roles do
 */
export async function bootstrapUser(
  execute: Execute,
  user: NewUser,
  roles: readonly NewRole[],
): Promise<{ id: string; totpSecret: string }> {
  const { id, totp } = await execute(createUser, user, { actor: system });
  for (const role of roles) await execute(grantRole, { ...role, userId: id }, { actor: system });
  return { id, totpSecret: totp.secret };
}
