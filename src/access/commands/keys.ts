import { brokenConstraint, command, type Db, newId, type Problem, problem, type Scope, type Tx } from '../../platform/index.ts';
import { hashKey, newKey } from '../key-secret.ts';
import { endKeyBy, findKey, findPartner, insertKey, markRevoked, markUsed } from '../partner-store.ts';
import { accessProblem } from '../problems.ts';
import { hourOf } from '../rules.ts';
import type { IssuedKey, PartnerKey } from '../types.ts';

const HOUR_MS = 3_600_000;

interface NewKey {
  readonly partnerId: string;
  readonly programmeId: string;
  readonly expiresAt: string;
  readonly replaces?: string;
}

async function issue(tx: Tx, actorId: string, now: Date, wanted: NewKey): Promise<IssuedKey> {
  const { key, prefix } = newKey();
  const { partnerId, programmeId, expiresAt, replaces = null } = wanted;
  const described: PartnerKey = {
    id: newId(),
    partnerId,
    programmeId,
    prefix,
    replaces,
    expiresAt: new Date(expiresAt).toISOString(),
    revokedAt: null,
    lastUsedAt: null,
    createdAt: now.toISOString(),
  };
  try {
    await insertKey(tx, described, hashKey(key), actorId);
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
  return { ...described, key };
}

function refusalOf(error: unknown): Problem | undefined {
  const wrong = (pointer: string, detail: string) => problem.unprocessable('The key cannot be made like this.', {}, [{ pointer, detail }]);
  switch (brokenConstraint(error)) {
    case 'api_keys_end':
      return wrong('/expiresAt', 'A key ends in the future, and within 366 days.');
    case 'api_keys_programme_id_fkey':
      return wrong('/programmeId', 'There is no such programme.');
    case 'api_keys_replaces_key':
      return accessProblem.key_replaced('Another key has taken over from this one. Rotate that one, or issue a new key.');
    default:
      return undefined;
  }
}

const described = ({ key: _shownOnce, ...key }: IssuedKey): PartnerKey => key;

/**
 * Makes a key with which a partner's machine refers people to one programme.
 * @returns the key, which is kept nowhere: what is lost is issued anew
 * @throws not_found without such a partner; unprocessable when the programme or the end is wrong
 */
export const issueKey = command<NewKey, IssuedKey>({
  name: 'access.issue_key',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, wanted) {
    if (!(await findPartner(tx, wanted.partnerId))) throw problem.not_found('There is no such partner.');
    const issued = await issue(tx, actor.id, now, wanted);
    return { result: issued, subject: { type: 'partner_key', id: issued.id }, after: described(issued) };
  },
});

interface OneKey {
  readonly partnerId: string;
  readonly keyId: string;
}

async function scopeOfKey(db: Db, { partnerId, keyId }: OneKey): Promise<Scope> {
  const key = await findKey(db, partnerId, keyId);
  if (!key) throw problem.not_found('There is no such record.');
  return { programme: key.programmeId };
}

/**
 * Makes a key that takes over from another, which goes on for some hours so that nothing stands still meanwhile.
 * @throws key_replaced when that has happened already; conflict when the old key has ended
 */
export const rotateKey = command<OneKey & { expiresAt: string; overlapHours?: number }, IssuedKey>({
  name: 'access.rotate_key',
  scope: scopeOfKey,
  async run({ tx, actor, now }, { partnerId, keyId, expiresAt, overlapHours = 24 }) {
    const before = await findKey(tx, partnerId, keyId);
    const until = new Date(now.getTime() + overlapHours * HOUR_MS);
    if (!before || !(await endKeyBy(tx, keyId, until, now))) {
      throw problem.conflict('This key has ended. Issue a new one.');
    }
    const issued = await issue(tx, actor.id, now, { partnerId, programmeId: before.programmeId, expiresAt, replaces: keyId });
    return { result: issued, subject: { type: 'partner_key', id: issued.id }, before, after: described(issued) };
  },
});

/** Ends a key at once. @throws conflict when it was revoked before */
export const revokeKey = command<OneKey, PartnerKey>({
  name: 'access.revoke_key',
  scope: scopeOfKey,
  async run({ tx, now }, { partnerId, keyId }) {
    const before = await findKey(tx, partnerId, keyId);
    const key = await markRevoked(tx, keyId, now);
    if (!key) throw problem.conflict('This key was revoked already.');
    return { result: key, subject: { type: 'partner_key', id: keyId }, before, after: key };
  },
});

/** Notes, to the hour, that a key is in use: a key that nobody uses is one to revoke. */
export const noteKeyUse = command<{ keyId: string }, null>({
  name: 'access.note_key_use',
  scope: () => ({}),
  async run({ tx, now }, { keyId }) {
    await markUsed(tx, keyId, hourOf(now));
    return { result: null, subject: { type: 'partner_key', id: keyId } };
  },
});
