import { allOf, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Partner, PartnerKey } from './types.ts';

type PartnerRow = Omit<Partner, 'createdAt'> & { readonly createdAt: Date };

const partnerOf = ({ createdAt, ...partner }: PartnerRow): Partner => ({ ...partner, createdAt: createdAt.toISOString() });

const partnerColumns = sql`id, name, created_at as "createdAt"`;

export async function insertPartner(tx: Tx, { id, name, createdAt }: Partner, createdBy: string): Promise<void> {
  await tx.run(sql`insert into partners (id, name, created_by, created_at) values (${id}, ${name}, ${createdBy}, ${createdAt})`);
}

export async function findPartner(db: Db, id: string): Promise<Partner | undefined> {
  const row = await db.first<PartnerRow>(sql`select ${partnerColumns} from partners where id = ${id}`);
  return row && partnerOf(row);
}

export async function pageOfPartners(db: Db, limit: number, after: string | undefined): Promise<Page<Partner>> {
  const rows = await db.all<PartnerRow>(sql`select ${partnerColumns} from partners
    where ${after ? sql`id > ${after}` : sql`true`} order by id limit ${limit + 1}`);
  return pageOf(rows.map(partnerOf), limit, ({ id }) => id);
}

type Times = 'expiresAt' | 'revokedAt' | 'lastUsedAt' | 'createdAt';
type KeyRow = Omit<PartnerKey, Times> & {
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
};

const keyOf = ({ expiresAt, revokedAt, lastUsedAt, createdAt, ...key }: KeyRow): PartnerKey => ({
  ...key,
  expiresAt: expiresAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

const keyColumns = sql`k.id, k.partner_id as "partnerId", k.programme_id as "programmeId", k.prefix, k.replaces,
  k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt", k.created_at as "createdAt"`;

export async function insertKey(tx: Tx, key: PartnerKey, keyHash: Buffer, createdBy: string): Promise<void> {
  const { id, partnerId, programmeId, prefix, replaces, expiresAt, createdAt } = key;
  await tx.run(sql`insert into api_keys (id, partner_id, programme_id, prefix, key_hash, replaces, expires_at, created_by, created_at)
    values (${id}, ${partnerId}, ${programmeId}, ${prefix}, ${keyHash}, ${replaces}, ${expiresAt}, ${createdBy}, ${createdAt})`);
}

export async function findKey(db: Db, partnerId: string, id: string): Promise<PartnerKey | undefined> {
  const row = await db.first<KeyRow>(sql`select ${keyColumns} from api_keys k where k.partner_id = ${partnerId} and k.id = ${id}`);
  return row && keyOf(row);
}

/** A key as it is known by its public part. */
export const keyByPrefix = (
  db: Db,
  prefix: string,
): Promise<(Pick<KeyRow, 'id' | 'partnerId' | 'programmeId' | Times> & { readonly keyHash: Buffer }) | undefined> =>
  db.first(sql`select ${keyColumns}, k.key_hash as "keyHash" from api_keys k where k.prefix = ${prefix}`);

/** @param within the condition on keys `k` that keeps to the reader's scope */
export async function pageOfKeys(
  db: Db,
  partnerId: string,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<PartnerKey>> {
  const rows = await db.all<KeyRow>(sql`select ${keyColumns} from api_keys k
    where ${allOf([sql`k.partner_id = ${partnerId}`, sql`(${within})`, ...(after ? [sql`k.id > ${after}`] : [])])}
    order by k.id limit ${limit + 1}`);
  return pageOf(rows.map(keyOf), limit, ({ id }) => id);
}

/** Lets a key go on until then at most. @returns false when it has ended by now */
export async function endKeyBy(tx: Tx, id: string, until: Date, now: Date): Promise<boolean> {
  const count = await tx.run(sql`update api_keys set expires_at = least(expires_at, ${until})
    where id = ${id} and revoked_at is null and expires_at > ${now}`);
  return count === 1;
}

/** @returns the key as it is now, or undefined when it was revoked before */
export async function markRevoked(tx: Tx, id: string, now: Date): Promise<PartnerKey | undefined> {
  const row = await tx.first<KeyRow>(
    sql`update api_keys k set revoked_at = ${now} where k.id = ${id} and k.revoked_at is null returning ${keyColumns}`,
  );
  return row && keyOf(row);
}

export async function markUsed(tx: Tx, id: string, hour: Date): Promise<void> {
  await tx.run(sql`update api_keys set last_used_at = ${hour} where id = ${id} and (last_used_at is null or last_used_at < ${hour})`);
}
