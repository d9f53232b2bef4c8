import { type Actor, equalSecrets, type Ground, problem } from '../platform/index.ts';
import { noteKeyUse } from './commands/keys.ts';
import { hashKey, prefixOf } from './key-secret.ts';
import { keyByPrefix } from './partner-store.ts';
import { hourOf } from './rules.ts';
import { system } from './system.ts';

/**
 * The partner that a key stands for, with the one grant that a key gives: referrals in its programme.
 * @throws unauthenticated, in the same words whether the key is unknown, has expired or was revoked
 */
export async function partnerWithKey({ db, clock, execute }: Ground, key: string): Promise<Actor> {
  const now = clock.now();
  const prefix = prefixOf(key);
  const found = prefix === undefined ? undefined : await keyByPrefix(db, prefix);
  const isRight = equalSecrets(hashKey(key), found?.keyHash ?? Buffer.alloc(32));
  if (!found || !isRight || found.revokedAt || found.expiresAt <= now) {
    throw problem.unauthenticated('The key is unknown, has expired or was revoked. Ask an administrator for a new one.');
  }
  const { id, partnerId, programmeId, lastUsedAt } = found;
  if (!lastUsedAt || lastUsedAt < hourOf(now)) await execute(noteKeyUse, { keyId: id }, { actor: system });
  return {
    id: partnerId,
    kind: 'partner',
    grants: [{ role: 'partner', scope: { programme: programmeId } }],
    secondFactorAt: null,
    keyId: id,
  };
}
