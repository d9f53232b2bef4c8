import { type Actor, equalSecrets, type Ground, problem, Recent } from '../platform/index.ts';
import { type KeyEnd, noteKeyUse, reportDeadKey } from './commands/key-use.ts';
import { hashKey, prefixOf } from './key-secret.ts';
import { type KnownKey, keyByPrefix } from './key-store.ts';
import { hourOf } from './rules.ts';
import { system } from './system.ts';
import { say } from './words.ts';

/**
 * Recognises machines by their keys.
 * @returns a function that gives the machine a key stands for, with what the key is good for and no more. It throws unauthenticated, in the same
 *   words whether the key is unknown, is not confirmed yet, has expired or was revoked, or its account is disabled.
 */
export function keyActors({ db, clock, execute }: Ground): (key: string) => Promise<Actor> {
  // A dead key that goes on knocking is told of once in an hour by each process.
  const reported = new Recent<string, number>(1_000);

  return async (key) => {
    const now = clock.now();
    const prefix = prefixOf(key);
    const found = prefix === undefined ? undefined : await keyByPrefix(db, prefix);
    const isRight = equalSecrets(hashKey(key), found?.keyHash ?? Buffer.alloc(32));
    const end = found && endOf(found, now);
    const hour = hourOf(now);
    if (found && isRight && end && reported.get(found.id) !== hour.getTime()) {
      reported.set(found.id, hour.getTime());
      await execute(reportDeadKey, { keyId: found.id, end }, { actor: system });
    }
    if (!found || !isRight || end) {
      throw problem.unauthenticated(say('key_refused'));
    }
    if (!found.lastUsedAt || found.lastUsedAt < hour) await execute(noteKeyUse, { keyId: found.id }, { actor: system });
    return actorOf(found);
  };
}

/** Why a key is not good now, or undefined. */
function endOf({ confirmedAt, revokedAt, expiresAt, disabledAt }: KnownKey, now: Date): KeyEnd | undefined {
  if (revokedAt) return 'revoked';
  if (disabledAt) return 'disabled';
  if (expiresAt <= now) return 'expired';
  return confirmedAt ? undefined : 'unconfirmed';
}

function actorOf({ id: keyId, partnerId, accountId, role, scope, permissions }: KnownKey): Actor {
  if (partnerId) return { id: partnerId, kind: 'partner', grants: [{ role: 'partner', scope }], secondFactorAt: null, keyId };
  if (!accountId || !role || !permissions) throw new Error(`nobody holds the key ${keyId}`);
  return { id: accountId, kind: 'service', grants: [{ role, scope }], secondFactorAt: null, keyId, only: permissions };
}
