import { type Db, sql, type Tx } from '../../platform/index.ts';
import type { PublicJwk } from '../device/keys.ts';

/** A device as far as packs go. */
export interface OfflineDevice {
  readonly officeId: string;
  readonly signingVersion: number;
  readonly signingKey: PublicJwk;
  /** Of the keys that packs are locked with; null before any were enrolled. */
  readonly keyVersion: number | null;
  readonly recipient: string | null;
  readonly agreementKey: PublicJwk | null;
}

/** A device in service, with its keys; undefined for one that is unknown or revoked. */
export const findDevice = (db: Db, id: string): Promise<OfflineDevice | undefined> =>
  db.first<OfflineDevice>(sql`select d.office_id as "officeId", d.key_version as "signingVersion", s.public_key as "signingKey",
      k.version as "keyVersion", k.recipient, k.agreement_key as "agreementKey"
    from devices d join device_keys s on s.device_id = d.id and s.version = d.key_version
      left join lateral (select * from offline_device_keys k where k.device_id = d.id order by k.version desc limit 1) k on true
    where d.id = ${id} and d.revoked_at is null`);

/** Every key that a device has been known by since a version. */
export async function signersOf(db: Db, deviceId: string, since: number): Promise<PublicJwk[]> {
  const rows = await db.all<{ key: PublicJwk }>(
    sql`select public_key as key from device_keys where device_id = ${deviceId} and version >= ${since} order by version`,
  );
  return rows.map(({ key }) => key);
}

/** When a device was taken out of service; null while it is in it. */
export const revokedSince = async (db: Db, deviceId: string): Promise<Date | null> =>
  (await db.first<{ at: Date | null }>(sql`select revoked_at as at from devices where id = ${deviceId}`))?.at ?? null;

/** @throws Error by constraint `offline_device_keys_pkey` for a version that is there */
export async function insertKeys(
  tx: Tx,
  keys: { deviceId: string; version: number; recipient: string; agreementKey: PublicJwk; signingVersion: number; signature: string },
  by: string,
  at: Date,
): Promise<void> {
  const { deviceId, version, recipient, agreementKey, signingVersion, signature } = keys;
  await tx.run(sql`insert into offline_device_keys
      (device_id, version, recipient, agreement_key, signing_version, signature, enrolled_by, enrolled_at)
    values (${deviceId}, ${version}, ${recipient}, ${JSON.stringify(agreementKey)}, ${signingVersion}, ${signature}, ${by}, ${at})`);
}

/** Whether somebody is an agent of an office now. */
export const isAgentAt = async (db: Db, userId: string, officeId: string, now: Date): Promise<boolean> =>
  (await db.first(sql`select from role_grants g join users u on u.id = g.user_id and u.disabled_at is null
    where g.user_id = ${userId} and g.role = 'agent' and g.office_id = ${officeId} and (g.ends_at is null or g.ends_at > ${now}) limit 1`)) !==
  undefined;
