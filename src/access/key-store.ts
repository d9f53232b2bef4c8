import { allOf, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { ApiKey, KeyHolder } from './key-types.ts';

interface KeyRow {
  readonly id: string;
  readonly partnerId: string | null;
  readonly programmeId: string | null;
  readonly serviceAccountId: string | null;
  readonly permissions: string[] | null;
  readonly prefix: string;
  readonly replaces: string | null;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
}

function keyOf(row: KeyRow): ApiKey {
  const { partnerId, programmeId, serviceAccountId, permissions, ...rest } = row;
  const details = {
    ...rest,
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
  };
  if (partnerId && programmeId) return { ...details, partnerId, programmeId };
  if (serviceAccountId && permissions) return { ...details, serviceAccountId, permissions };
  throw new Error(`nobody holds the key ${row.id}`);
}

const keyColumns = sql`k.id, k.partner_id as "partnerId", k.programme_id as "programmeId", k.service_account_id as "serviceAccountId",
  k.permissions, k.prefix, k.replaces, k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt",
  k.created_by as "createdBy", k.created_at as "createdAt", k.confirmed_by as "confirmedBy", k.confirmed_at as "confirmedAt"`;

const heldBy = (holder: KeyHolder): Sql =>
  'partnerId' in holder ? sql`k.partner_id = ${holder.partnerId}` : sql`k.service_account_id = ${holder.serviceAccountId}`;

export async function insertKey(tx: Tx, key: ApiKey, keyHash: Buffer): Promise<void> {
  const { id, prefix, replaces, expiresAt, createdBy, createdAt } = key;
  const [partnerId, programmeId] = 'partnerId' in key ? [key.partnerId, key.programmeId] : [null, null];
  const [accountId, permissions] = 'partnerId' in key ? [null, null] : [key.serviceAccountId, [...key.permissions]];
  await tx.run(sql`insert into api_keys (id, partner_id, programme_id, service_account_id, permissions, prefix, key_hash, replaces, expires_at,
      created_by, created_at)
    values (${id}, ${partnerId}, ${programmeId}, ${accountId}, ${permissions}::text[], ${prefix}, ${keyHash}, ${replaces}, ${expiresAt},
      ${createdBy}, ${createdAt})`);
}

export async function findKey(db: Db, holder: KeyHolder, id: string): Promise<ApiKey | undefined> {
  const row = await db.first<KeyRow>(sql`select ${keyColumns} from api_keys k where k.id = ${id} and ${heldBy(holder)}`);
  return row && keyOf(row);
}

/** @param within the condition on keys `k` that keeps to the reader's scope */
export async function pageOfKeys(db: Db, holder: KeyHolder, within: Sql, limit: number, after: string | undefined): Promise<Page<ApiKey>> {
  const rows = await db.all<KeyRow>(sql`select ${keyColumns} from api_keys k
    where ${allOf([heldBy(holder), sql`(${within})`, ...(after ? [sql`k.id > ${after}`] : [])])}
    order by k.id limit ${limit + 1}`);
  return pageOf(rows.map(keyOf), limit, ({ id }) => id);
}

/** A key with what it opens, as authentication needs it. */
export interface KnownKey
  extends Pick<KeyRow, 'id' | 'partnerId' | 'permissions' | 'confirmedAt' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'> {
  readonly keyHash: Buffer;
  readonly accountId: string | null;
  readonly role: string | null;
  /** The key's programme, or where the account's role holds. */
  readonly scope: Readonly<Record<string, string>>;
  readonly disabledAt: Date | null;
}

/** A key as it is known by its public part. */
export const keyByPrefix = (db: Db, prefix: string): Promise<KnownKey | undefined> =>
  db.first(sql`select k.id, k.partner_id as "partnerId", k.permissions, k.confirmed_at as "confirmedAt", k.expires_at as "expiresAt",
      k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt", k.key_hash as "keyHash", a.id as "accountId", a.role, a.disabled_at as "disabledAt",
      jsonb_strip_nulls(jsonb_build_object('programme', coalesce(k.programme_id, a.programme_id), 'office', a.office_id,
        'fund', a.fund_id)) as scope
    from api_keys k left join service_accounts a on a.id = k.service_account_id where k.prefix = ${prefix}`);

/** Lets a key go on until then at most. @returns false when it has ended by now */
export async function endKeyBy(tx: Tx, id: string, until: Date, now: Date): Promise<boolean> {
  const count = await tx.run(sql`update api_keys set expires_at = least(expires_at, ${until})
    where id = ${id} and revoked_at is null and expires_at > ${now}`);
  return count === 1;
}

/** @returns the key as it is now, or undefined when it was confirmed before or has ended */
export async function markConfirmed(tx: Tx, id: string, by: string, now: Date): Promise<ApiKey | undefined> {
  const row = await tx.first<KeyRow>(sql`update api_keys k set confirmed_by = ${by}, confirmed_at = ${now}
    where k.id = ${id} and k.confirmed_at is null and k.revoked_at is null and k.expires_at > ${now} returning ${keyColumns}`);
  return row && keyOf(row);
}

/** @returns the key as it is now, or undefined when it was revoked before */
export async function markRevoked(tx: Tx, id: string, now: Date): Promise<ApiKey | undefined> {
  const row = await tx.first<KeyRow>(
    sql`update api_keys k set revoked_at = ${now} where k.id = ${id} and k.revoked_at is null returning ${keyColumns}`,
  );
  return row && keyOf(row);
}

export async function markUsed(tx: Tx, id: string, hour: Date): Promise<void> {
  await tx.run(sql`update api_keys set last_used_at = ${hour} where id = ${id} and (last_used_at is null or last_used_at < ${hour})`);
}
