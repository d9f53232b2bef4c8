import { brokenConstraint, command, type Db, newId, type Problem, problem, type Scope, type Text, type Tx } from '../../platform/index.ts';
import { raiseAlert } from '../alerts.ts';
import { hashKey, newKey } from '../key-secret.ts';
import { endKeyBy, findKey, insertKey, markConfirmed, markRevoked } from '../key-store.ts';
import type { ApiKey, Issued, KeyHolder, PartnerUse, ServiceUse } from '../key-types.ts';
import { faultsOfKey } from '../machines.ts';
import { findPartner } from '../partner-store.ts';
import { accessProblem } from '../problems.ts';
import { findServiceAccount, scopeOf } from '../service-store.ts';
import { say } from '../words.ts';

const HOUR_MS = 3_600_000;

async function make(
  tx: Tx,
  actorId: string,
  now: Date,
  use: PartnerUse | ServiceUse,
  expiresAt: string,
  replaces: string | null = null,
): Promise<Issued<ApiKey>> {
  const { key, prefix } = newKey();
  const described: ApiKey = {
    id: newId(),
    ...use,
    prefix,
    replaces,
    expiresAt: new Date(expiresAt).toISOString(),
    revokedAt: null,
    lastUsedAt: null,
    createdBy: actorId,
    createdAt: now.toISOString(),
    confirmedBy: null,
    confirmedAt: null,
  };
  try {
    await insertKey(tx, described, hashKey(key));
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
  await tellOf(tx, actorId, now, described);
  return { ...described, key };
}

// Auditors read alerts too, and the key waits for a second administrator in any case.
async function tellOf(tx: Tx, by: string, now: Date, key: ApiKey): Promise<void> {
  const { programme } = await scopeOfUse(tx, key);
  const holder = 'partnerId' in key ? { partnerId: key.partnerId } : { serviceAccountId: key.serviceAccountId };
  const facts = { ...holder, prefix: key.prefix };
  await raiseAlert(tx, now, { kind: 'access.key_made', subject: { type: 'api_key', id: key.id }, by, programmeId: programme, facts });
}

const cannot = (pointer: string, detail: Text) => problem.unprocessable(say('key_unfit'), {}, [{ pointer, detail }]);

function refusalOf(error: unknown): Problem | undefined {
  switch (brokenConstraint(error)) {
    case 'api_keys_end':
      return cannot('/expiresAt', say('key_end_unfit'));
    case 'api_keys_programme_id_fkey':
      return cannot('/programmeId', say('programme_none'));
    case 'api_keys_replaces_key':
      return accessProblem.key_replaced(say('key_taken_over'));
    default:
      return undefined;
  }
}

const described = ({ key: _shownOnce, ...key }: Issued<ApiKey>): ApiKey => key;

/** Where a holder's key belongs: a partner's to its programme, a service account's where the account does. @throws not_found */
async function scopeOfUse(db: Db, use: PartnerUse | { readonly serviceAccountId: string }): Promise<Scope> {
  if ('partnerId' in use) return { programme: use.programmeId };
  const account = await findServiceAccount(db, use.serviceAccountId);
  if (!account) throw problem.not_found('There is no such record.');
  return scopeOf(account);
}

/** @throws not_found; conflict when the account is disabled; unprocessable when a machine of its role may not do something */
async function requireHolder(tx: Tx, use: PartnerUse | ServiceUse): Promise<void> {
  if ('partnerId' in use) {
    if (!(await findPartner(tx, use.partnerId))) throw problem.not_found('There is no such record.');
    return;
  }
  const account = await findServiceAccount(tx, use.serviceAccountId);
  if (!account) throw problem.not_found('There is no such record.');
  if (account.disabledAt) throw problem.conflict(say('service_disabled'));
  const wrong = faultsOfKey(account.role, use.permissions);
  if (wrong.length > 0) throw problem.unprocessable(say('key_unfit'), {}, wrong);
}

/**
 * Makes a key with which a machine uses the API: a partner's, to refer people to one programme, or a service account's. It opens nothing until
 * another administrator has confirmed it.
 * @returns the key, which is kept nowhere: what is lost is issued anew
 * @throws not_found without such a holder; unprocessable when the programme, a permission or the end is wrong
 */
export const issueKey = command<(PartnerUse | ServiceUse) & { readonly expiresAt: string }, Issued<ApiKey>>({
  name: 'access.issue_key',
  scope: scopeOfUse,
  async run({ tx, actor, now }, { expiresAt, ...use }) {
    await requireHolder(tx, use);
    const issued = await make(tx, actor.id, now, use, expiresAt);
    return { result: issued, subject: { type: 'api_key', id: issued.id }, after: described(issued) };
  },
});

type OneKey = KeyHolder & { readonly keyId: string };

async function scopeOfKey(db: Db, { keyId, ...holder }: OneKey): Promise<Scope> {
  const key = await findKey(db, holder, keyId);
  if (!key) throw problem.not_found('There is no such record.');
  return scopeOfUse(db, key);
}

/**
 * Makes a key that takes over from another, which goes on for some hours so that nothing stands still meanwhile. The new key waits to be
 * confirmed as every other does.
 * @throws key_replaced when that has happened already; conflict when the old key has ended
 */
export const rotateKey = command<OneKey & { expiresAt: string; overlapHours?: number | undefined }, Issued<ApiKey>>({
  name: 'access.rotate_key',
  scope: scopeOfKey,
  async run({ tx, actor, now }, { keyId, expiresAt, overlapHours = 24, ...holder }) {
    const before = await findKey(tx, holder, keyId);
    const until = new Date(now.getTime() + overlapHours * HOUR_MS);
    if (!before || !(await endKeyBy(tx, keyId, until, now))) {
      throw problem.conflict(say('key_ended'));
    }
    const use = useOf(before);
    await requireHolder(tx, use);
    const issued = await make(tx, actor.id, now, use, expiresAt, keyId);
    return { result: issued, subject: { type: 'api_key', id: issued.id }, before, after: described(issued) };
  },
});

const useOf = (key: ApiKey): PartnerUse | ServiceUse =>
  'partnerId' in key
    ? { partnerId: key.partnerId, programmeId: key.programmeId }
    : { serviceAccountId: key.serviceAccountId, permissions: key.permissions };

/**
 * Confirms a key that another administrator made, whose secret the one who confirms never sees; from then on it works.
 * @returns what the key may do, and whose it is
 * @throws separation_of_duties to whoever made it; conflict when it was confirmed before, or has ended
 */
export const confirmKey = command<OneKey, ApiKey>({
  name: 'access.confirm_key',
  scope: scopeOfKey,
  async run({ tx, actor, now }, { keyId, ...holder }) {
    const before = await findKey(tx, holder, keyId);
    const key = await markConfirmed(tx, keyId, actor.id, now);
    if (!key) throw problem.conflict(say('key_confirmed'));
    return { result: key, subject: { type: 'api_key', id: keyId }, before, after: key };
  },
});

/** Ends a key at once. @throws conflict when it was revoked before */
export const revokeKey = command<OneKey, ApiKey>({
  name: 'access.revoke_key',
  scope: scopeOfKey,
  async run({ tx, now }, { keyId, ...holder }) {
    const before = await findKey(tx, holder, keyId);
    const key = await markRevoked(tx, keyId, now);
    if (!key) throw problem.conflict(say('key_revoked'));
    return { result: key, subject: { type: 'api_key', id: keyId }, before, after: key };
  },
});
