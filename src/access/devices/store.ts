import { type Db, sql, type Tx } from '../../platform/index.ts';
import { WRONG_PINS_ALLOWED } from './rules.ts';
import type { DevicePublicKey, DeviceSeat } from './types.ts';

export interface NewDevice {
  readonly id: string;
  readonly officeId: string;
  readonly name: string;
  readonly publicKey: DevicePublicKey;
}

export async function insertDevice(tx: Tx, { id, officeId, name, publicKey }: NewDevice, by: string, now: Date): Promise<void> {
  await tx.run(sql`insert into devices (id, office_id, name, enrolled_by, created_at) values (${id}, ${officeId}, ${name}, ${by}, ${now})`);
  await insertKey(tx, id, 1, publicKey, by, now);
}

/** Gives a device another key; the earlier ones are kept. @returns its version */
export async function replaceKey(tx: Tx, deviceId: string, publicKey: DevicePublicKey, by: string, now: Date): Promise<number> {
  const row = await tx.first<{ version: number }>(
    sql`update devices set key_version = key_version + 1 where id = ${deviceId} returning key_version as version`,
  );
  const version = row?.version ?? 1;
  await insertKey(tx, deviceId, version, publicKey, by, now);
  return version;
}

async function insertKey(tx: Tx, deviceId: string, version: number, publicKey: DevicePublicKey, by: string, now: Date): Promise<void> {
  await tx.run(sql`insert into device_keys (device_id, version, public_key, created_by, created_at)
    values (${deviceId}, ${version}, ${JSON.stringify(publicKey)}, ${by}, ${now})`);
}

/** A device in use, and whether this user is on it. Revoked devices and unknown ones give none. */
export async function findSeat(db: Db, deviceId: string, userId: string): Promise<DeviceSeat | undefined> {
  const row = await db.first<
    Omit<DeviceSeat, 'enrolment'> & { id: string | null; pinHash: Buffer; lastUsedAt: Date; lockedAt: Date | null }
  >(
    sql`select d.office_id as "officeId", k.public_key as "publicKey", e.id, e.pin_hash as "pinHash", e.last_used_at as "lastUsedAt",
        e.locked_at as "lockedAt"
      from devices d join device_keys k on k.device_id = d.id and k.version = d.key_version
        left join device_enrolments e on e.device_id = d.id and e.user_id = ${userId} and e.ended_at is null
      where d.id = ${deviceId} and d.revoked_at is null`,
  );
  if (!row) return undefined;
  const { officeId, publicKey, id, pinHash, lastUsedAt, lockedAt } = row;
  return { officeId, publicKey, enrolment: id === null ? null : { id, pinHash, lastUsedAt, lockedAt } };
}

/** Makes everybody who does something on or to a device wait for one another. @returns its office, or undefined when it is revoked or unknown */
export async function lockDevice(tx: Tx, deviceId: string): Promise<string | undefined> {
  const row = await tx.first<{ officeId: string }>(
    sql`select office_id as "officeId" from devices where id = ${deviceId} and revoked_at is null for no key update`,
  );
  return row?.officeId;
}

export const isInService = async (db: Db, deviceId: string): Promise<boolean> =>
  (await db.first(sql`select from devices where id = ${deviceId} and revoked_at is null`)) !== undefined;

/** Lets somebody sign in with a PIN, and forgets the one before. */
export async function enrol(
  tx: Tx,
  { id, deviceId, userId, pinHash }: { id: string; deviceId: string; userId: string; pinHash: Buffer },
  now: Date,
): Promise<void> {
  await tx.run(sql`update device_enrolments set ended_at = ${now}, pin_hash = null
    where device_id = ${deviceId} and user_id = ${userId} and ended_at is null`);
  await tx.run(sql`insert into device_enrolments (id, device_id, user_id, pin_hash, created_at, last_used_at)
    values (${id}, ${deviceId}, ${userId}, ${pinHash}, ${now}, ${now})`);
}

/** Notes that the right PIN was given. @returns false when the enrolment is locked or has ended */
export async function noteRightPin(tx: Tx, enrolmentId: string, now: Date): Promise<boolean> {
  const count = await tx.run(sql`update device_enrolments set wrong_pins = 0, last_used_at = ${now}
    where id = ${enrolmentId} and ended_at is null and locked_at is null`);
  return count === 1;
}

/**
 * Counts a wrong PIN on a device that {@link lockDevice} holds. With the last that is allowed, PINs of nobody open anything there any more.
 * @returns how many there are on the device by now; undefined when the enrolment was locked already, or has ended
 */
export async function countWrongPin(tx: Tx, deviceId: string, enrolmentId: string, now: Date): Promise<number | undefined> {
  const row = await tx.first<{ count: number }>(sql`
    with open as (
      select id, (sum(wrong_pins) over () + 1)::int as count from device_enrolments
      where device_id = ${deviceId} and ended_at is null and locked_at is null)
    update device_enrolments e set wrong_pins = e.wrong_pins + (case when e.id = ${enrolmentId} then 1 else 0 end),
      locked_at = case when open.count >= ${WRONG_PINS_ALLOWED} then ${now}::timestamptz end
    from open where e.id = open.id and exists (select from open o where o.id = ${enrolmentId})
    returning open.count`);
  return row?.count;
}

/** Counts a wrong PIN for the day. @returns how many there were on the device that day (UTC), whatever right ones came between */
export async function countWrongPinOfDay(tx: Tx, deviceId: string, now: Date): Promise<number> {
  const day = now.toISOString().slice(0, 10);
  const row = await tx.first<{ count: number }>(sql`update devices set wrong_pins_on = ${day}::date,
      wrong_pins_that_day = case when wrong_pins_on = ${day}::date then wrong_pins_that_day + 1 else 1 end
    where id = ${deviceId} returning wrong_pins_that_day as count`);
  return row?.count ?? 0;
}

/** Takes a device out of service, with everybody's PIN on it. @returns false when that has happened already */
export async function markRevoked(tx: Tx, deviceId: string, by: string, reason: string, now: Date): Promise<boolean> {
  const count = await tx.run(sql`update devices set revoked_at = ${now}, revoked_by = ${by}, revocation_reason = ${reason}
    where id = ${deviceId} and revoked_at is null`);
  await tx.run(sql`update device_enrolments set ended_at = ${now}, pin_hash = null where device_id = ${deviceId} and ended_at is null`);
  return count === 1;
}

/**
 * Ends what somebody may open with a PIN, and every session on those devices with it: to be called by whatever throws out a thief who may know
 * the PIN. They enrol again once they have signed in in full.
 * @param officeId at whose devices; everywhere unless given
 */
export async function endEnrolmentsOf(tx: Tx, userId: string, now: Date, officeId: string | null = null): Promise<void> {
  await tx.run(sql`update device_enrolments e set ended_at = ${now}, pin_hash = null from devices d
    where d.id = e.device_id and e.user_id = ${userId} and e.ended_at is null and (${officeId}::uuid is null or d.office_id = ${officeId}::uuid)`);
}
