import { type Db, sql, type Tx } from '../../platform/index.ts';
import type { Descriptor, NewPasskey, Passkey, VerificationKey } from './types.ts';

interface PasskeyRow extends Pick<Passkey, 'id' | 'name' | 'isSynced'> {
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

const passkeyOf = ({ createdAt, lastUsedAt, ...passkey }: PasskeyRow): Passkey => ({
  ...passkey,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

const columns = sql`p.id, p.name, p.is_synced as "isSynced", p.created_at as "createdAt", p.last_used_at as "lastUsedAt"`;

export async function insertPasskey(tx: Tx, passkey: NewPasskey, now: Date): Promise<Passkey> {
  const { id, userId, credentialId, publicKey, name, transports, isSynced, signCount } = passkey;
  await tx.run(sql`insert into passkeys (id, user_id, credential_id, public_key, name, transports, is_synced, sign_count, created_at)
    values (${id}, ${userId}, ${credentialId}, ${publicKey}, ${name}, ${transports}, ${isSynced}, ${signCount}, ${now})`);
  return passkeyOf({ id, name, isSynced, createdAt: now, lastUsedAt: null });
}

/** A user's passkeys, oldest first. */
export async function passkeysOf(db: Db, userId: string): Promise<Passkey[]> {
  const rows = await db.all<PasskeyRow>(
    sql`select ${columns} from passkeys p where p.user_id = ${userId} and p.ended_at is null order by p.id`,
  );
  return rows.map(passkeyOf);
}

type DescriptorRow = Pick<Descriptor, 'transports'> & { readonly credentialId: Buffer };

const descriptorOf = ({ credentialId, transports }: DescriptorRow): Descriptor => ({ id: credentialId.toString('base64url'), transports });

const descriptorColumns = sql`p.credential_id as "credentialId", p.transports`;

export async function descriptorsOf(db: Db, userId: string): Promise<Descriptor[]> {
  const rows = await db.all<DescriptorRow>(
    sql`select ${descriptorColumns} from passkeys p where p.user_id = ${userId} and p.ended_at is null order by p.id`,
  );
  return rows.map(descriptorOf);
}

/** @param email in small letters; nobody's gives none */
export async function descriptorsByEmail(db: Db, email: string): Promise<Descriptor[]> {
  const rows = await db.all<DescriptorRow>(sql`select ${descriptorColumns} from users u join passkeys p on p.user_id = u.id
    where u.email = ${email} and p.ended_at is null order by p.id`);
  return rows.map(descriptorOf);
}

export const keyByCredentialId = (db: Db, credentialId: Buffer): Promise<VerificationKey | undefined> =>
  db.first(sql`select p.id, p.user_id as "userId", p.public_key as "publicKey" from passkeys p
    where p.credential_id = ${credentialId} and p.ended_at is null`);

export const hasPasskey = async (db: Db, userId: string): Promise<boolean> =>
  (await db.first(sql`select from passkeys where user_id = ${userId} and ended_at is null limit 1`)) !== undefined;

/**
 * Notes that a passkey was used. An authenticator that counts must have counted on.
 * @returns false when it has not, or the passkey has ended
 */
export async function moveCounter(tx: Tx, id: string, signCount: number, now: Date): Promise<boolean> {
  const count = await tx.run(sql`update passkeys set sign_count = ${signCount}, last_used_at = ${now}
    where id = ${id} and ended_at is null and (sign_count < ${signCount} or (sign_count = 0 and ${signCount}::bigint = 0))`);
  return count === 1;
}

/** @returns the passkey as it was, or undefined when the user has no such */
export async function endPasskey(tx: Tx, userId: string, id: string, now: Date): Promise<Passkey | undefined> {
  const row = await tx.first<PasskeyRow>(sql`update passkeys p set ended_at = ${now}
    where p.id = ${id} and p.user_id = ${userId} and p.ended_at is null returning ${columns}`);
  return row && passkeyOf(row);
}

/** Ends every passkey of a user, who gets another second factor instead. */
export async function endPasskeysOf(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.run(sql`update passkeys set ended_at = ${now} where user_id = ${userId} and ended_at is null`);
}
